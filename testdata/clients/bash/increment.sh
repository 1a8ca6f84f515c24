#!/usr/bin/env bash
# What a script does with realmconf: read a number, add one to it, and write it
# back without losing what others write meanwhile. Whoever was first wins; the
# other reads again. Exit code 3 is the sign.
#
# Usage: increment.sh POINTER FLAG…       the flags say which realm
#        increment.sh /retry/max_retries --realm demo --state-root /tmp/realms
set -euo pipefail

if [[ ${1-} != /* ]]; then
    echo "usage: increment.sh POINTER FLAG…, for example increment.sh /retry/max_retries --realm demo --state-root /tmp/realms" >&2
    exit 2
fi
pointer=$1
shift

for ((attempt = 1; attempt <= 1000; attempt++)); do
    # One read gives the value and the generation that it has.
    reply=$(realmconf get "$pointer" --with-generation "$@")
    [[ $reply =~ \"generation\":([0-9]+) ]] && generation=${BASH_REMATCH[1]}
    if ! [[ $reply =~ \"value\":(-?[0-9]+)}$ ]]; then
        echo "increment.sh: $pointer holds no integer" >&2
        exit 1
    fi
    value=${BASH_REMATCH[1]}

    # The write takes effect only on exactly that generation. What it prints is
    # kept, to be shown only if it is the last word.
    code=0
    said=$(realmconf set-key "$pointer" $((value + 1)) --expected-generation "$generation" \
        --reason "increment" "$@" 2>&1 >/dev/null) || code=$?
    case $code in
        0) echo $((value + 1)); exit 0 ;;
        3) ;; # somebody else was first: read again
        *) echo "$said" >&2; exit "$code" ;;
    esac
done
echo "increment.sh: others were always first" >&2
exit 1
