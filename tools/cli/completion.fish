# Completion of realmconf for fish, which quotes each candidate itself.
function __realmconf_lines
    set -l words (commandline -opc)
    $words[1] __complete $words[2..-1] (commandline -ct) 2>/dev/null
end
function __realmconf_complete
    __realmconf_lines | string match -v \t'*'
end
function __realmconf_takes_file
    __realmconf_lines | string match -q \t'*'
end
complete -c realmconf -f -k -a '(__realmconf_complete)'
complete -c realmconf -n __realmconf_takes_file -F
