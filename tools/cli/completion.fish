# Completion of realmconf for fish.
function __realmconf_complete
    set -l words (commandline -opc)
    $words[1] __complete $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c realmconf -f -a '(__realmconf_complete)'
complete -c realmconf -n '__fish_seen_subcommand_from FILE_COMMANDS' -F
