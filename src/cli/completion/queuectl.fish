# Completion of queuectl for fish. To load it: queuectl completion fish | source
function __queuectl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found (queuectl __complete $words[2..-1] "$current" 2>/dev/null)
    switch "$found[1]"
        case :files
            __fish_complete_path "$current"
        case :directories
            __fish_complete_directories "$current" ''
        case '*'
            string join \n -- $found
    end
end
complete -c queuectl -e
complete -c queuectl -f -k -a '(__queuectl_complete)'
