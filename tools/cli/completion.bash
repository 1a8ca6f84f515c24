# Completion of realmconf for bash.
_realmconf() {
    local candidate
    COMPREPLY=()
    while IFS= read -r candidate; do
        candidate=${candidate%%$'\t'*}
        case $candidate in
            /*) COMPREPLY+=("$(printf %q "$candidate")") ;;
            *) COMPREPLY+=("$candidate ") ;;
        esac
    done < <("$1" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o nospace -o bashdefault -o default -F _realmconf realmconf
