#compdef realmconf
# Completion of realmconf for zsh.
_realmconf() {
    local candidate
    local -a whole open
    while IFS= read -r candidate; do
        candidate=${candidate%%$'\t'*}
        case $candidate in
            /*) open+=("$candidate") ;;
            *) whole+=("$candidate") ;;
        esac
    done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
    (( $#whole )) && compadd -- $whole
    (( $#open )) && compadd -S '' -- $open
    (( $#whole + $#open )) || _files
}
compdef _realmconf realmconf
