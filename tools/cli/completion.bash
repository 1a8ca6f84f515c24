# Completion of realmconf for bash.
_realmconf() {
    local candidate word begun="" last="" i n=0
    local -a words=()
    COMPREPLY=()
    # Bash splits --flag=value into three words: join them.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((n > 0)) && [[ $word == "=" || $last == -*= && ${COMP_WORDS[i-1]} == "=" ]]; then
            last+=$word
        else
            last=$word
            ((++n))
        fi
        words[n-1]=$last
    done
    if [[ $last == -*=* ]]; then
        begun=${last%%=*}= # bash has already printed it
    fi
    while IFS= read -r candidate; do
        candidate=${candidate%%$'\t'*}
        candidate=${candidate#"$begun"}
        case $candidate in
            /*) COMPREPLY+=("$(printf %q "$candidate")") ;;
            *) COMPREPLY+=("$candidate ") ;;
        esac
    done < <("$1" __complete "${words[@]}" 2>/dev/null)
}
complete -o nospace -o bashdefault -o default -F _realmconf realmconf
