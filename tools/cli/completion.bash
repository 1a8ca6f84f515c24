# Completion of realmconf for bash.
_realmconf() {
    local piece blank begun="" candidate quoted rest=${COMP_LINE:0:COMP_POINT} i n=0
    local -a words=()
    COMPREPLY=()
    # Bash splits a word at = and : as well, and replaces only the last piece: join
    # the pieces, and keep in begun the text before the last.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        piece=${COMP_WORDS[i]}
        blank=${rest%%[![:space:]]*}
        rest=${rest#"$blank"}
        ((i == COMP_CWORD)) && piece=$rest # as far as the cursor
        rest=${rest#"$piece"}
        if [[ -n $blank || $n == 0 ]]; then
            begun=""
            words[n++]=$piece
        else
            begun=${words[n-1]}
            words[n-1]+=$piece
        fi
    done
    # A candidate is written with backslashes, so it cannot continue a quotation.
    [[ ${words[n-1]} == *[\'\"]* ]] && return
    [[ $piece == [=:@]* ]] && begun=${words[n-1]}
    for ((i = 1; i < n; i++)); do
        _realmconf_unescape "${words[i]}"
        words[i]=$REPLY
    done
    _realmconf_unescape "$begun"
    begun=$REPLY
    compopt -o nosort 2>/dev/null # needs bash 4.4
    while IFS= read -r candidate; do
        candidate=${candidate%%$'\t'*}
        if [[ -z $candidate ]]; then
            compopt -o default 2>/dev/null # names of files
            continue
        fi
        printf -v quoted %q "${candidate#"$begun"}"
        case $quoted in
            \$* | "''") continue ;; # not printable in this locale, or nothing to add
        esac
        [[ $candidate == /* ]] || quoted+=" "
        COMPREPLY+=("$quoted")
    done < <("${1/#\~\//$HOME/}" __complete "${words[@]:1}" 2>/dev/null)
}

# _realmconf_unescape sets REPLY to a word without its backslashes. Nothing else in
# the word is expanded.
_realmconf_unescape() {
    local rest=$1
    REPLY=""
    while [[ $rest == *\\* ]]; do
        REPLY+=${rest%%\\*}
        rest=${rest#*\\}
        REPLY+=${rest:0:1}
        rest=${rest:1}
    done
    REPLY+=$rest
}
complete -o nospace -F _realmconf realmconf
