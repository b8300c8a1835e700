#compdef queuectl
# Completion of queuectl for zsh. To load it: source <(queuectl completion zsh), after compinit; or write it as _queuectl into a
# directory of fpath.
_queuectl() {
  local line
  local -a found
  while IFS= read -r line; do
    case $line in
      (:files | :directories)
        compset -P '--*='
        if [[ $line == :files ]]; then _files; else _files -/; fi
        return
        ;;
      (*$'\t'*) found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
      (*) found+=("${line//:/\\:}") ;;
    esac
  done < <(queuectl __complete "${(@Q)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)
  _describe -V queuectl found
}
if [[ $funcstack[1] == _queuectl ]]; then _queuectl "$@"; else compdef _queuectl queuectl; fi
