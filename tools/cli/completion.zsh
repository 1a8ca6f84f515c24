#compdef realmconf
# Completion of realmconf for zsh.
_realmconf() {
    local candidate files=""
    local -a whole open
    while IFS= read -r candidate; do
        candidate=${candidate%%$'\t'*}
        case $candidate in
            '') files=yes ;;
            /*) open+=("$candidate") ;;
            *) whole+=("$candidate") ;;
        esac
    done < <("${(Q)words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)
    # -V keeps the order; compadd quotes each candidate itself.
    (( $#whole )) && compadd -V realmconf -- "$whole[@]"
    (( $#open )) && compadd -V realmconf -S '' -- "$open[@]"
    [[ -z $files ]] || _files
}
compdef _realmconf realmconf
