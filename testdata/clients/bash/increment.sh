#!/usr/bin/env bash
# A script with realmconf: read a number, add one to it, and write it back without
# losing the changes of other programs. If another program was first, realmconf
# exits with 3, and the script reads again.
#
# Usage: increment.sh POINTER FLAG…       the flags choose the realm
#        increment.sh /retry/max_retries --realm demo --state-root /tmp/realms
set -euo pipefail

if [[ ${1-} != /* ]]; then
    echo "usage: increment.sh POINTER FLAG…, for example increment.sh /retry/max_retries --realm demo --state-root /tmp/realms" >&2
    exit 2
fi
pointer=$1
shift

for ((attempt = 1; attempt <= 1000; attempt++)); do
    # One read returns the value and its generation.
    reply=$(realmconf get "$pointer" --with-generation "$@")
    [[ $reply =~ \"generation\":([0-9]+) ]] && generation=${BASH_REMATCH[1]}
    if ! [[ $reply =~ \"value\":(-?[0-9]+)}$ ]]; then
        echo "increment.sh: $pointer is not an integer" >&2
        exit 1
    fi
    value=${BASH_REMATCH[1]}

    # The write takes effect only on exactly that generation. Its output is shown
    # only if it is the final error.
    code=0
    output=$(realmconf set-key "$pointer" $((value + 1)) --expected-generation "$generation" \
        --reason "increment" "$@" 2>&1 >/dev/null) || code=$?
    case $code in
        0) echo $((value + 1)); exit 0 ;;
        3) ;; # another program was first: read again
        *) echo "$output" >&2; exit "$code" ;;
    esac
done
echo "increment.sh: gave up: other programs were first 1000 times" >&2
exit 1
