# Completion of queuectl for bash. To load it: source <(queuectl completion bash)
# It keeps to what bash 3.2 knows, which macOS has.
_queuectl() {
  local rest=${COMP_LINE:0:COMP_POINT} before="" line piece parted breaks current i
  local -a words=()
  # Bash breaks words at = and : too, which queuectl does not: what no space parts belongs together.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    piece=${COMP_WORDS[i]} parted=no
    while [[ $rest == [[:space:]]* ]]; do rest=${rest#?} parted=yes; done
    ((i == COMP_CWORD)) && piece=$rest
    if [[ $parted == yes || ${#words[@]} == 0 ]]; then
      words+=("$piece")
    else
      words[${#words[@]} - 1]+=$piece
    fi
    rest=${rest#"$piece"}
  done
  current=${words[${#words[@]} - 1]}
  # Of a word that it breaks, bash wants only the last part.
  breaks=${COMP_WORDBREAKS//[!=:]/}
  [[ -n $breaks ]] && before=${current%"${current##*[$breaks]}"}

  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files | :directories)
        compopt -o filenames 2>/dev/null
        piece=-f
        [[ $line == :directories ]] && piece=-d
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$piece" -- "${current#"$before"}")
        ;;
      *)
        line=${line%%$'\t'*}
        COMPREPLY+=("${line#"$before"}")
        ;;
    esac
  done < <(queuectl __complete "${words[@]:1}" 2>/dev/null)
}
complete -o nosort -F _queuectl queuectl 2>/dev/null || complete -F _queuectl queuectl
