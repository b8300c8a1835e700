/**
 * The program of a launcher: the first lines that its shell reads. After them the shell keeps reading its standard
 * input. Every request arrives there as shell text (request.ts) and runs as it is read. Reports come back on standard
 * output and error, which are one channel (status.ts).
 *
 * `sh -s` is used rather than a loop around `read`. A shell reads its script in blocks, so a request costs one system
 * call, where `read` takes one per byte. A signal in the middle of a read is the shell's own affair.
 *
 * The launcher traps the signals that `kill 0` in a job commonly sends, with a command that does nothing. If it ignored
 * them, every job would inherit that; traps are reset in every subshell. INT it reports, because a shell's status does
 * not tell a death by INT from the exit code 130 (status.ts).
 *
 * The reader beside it is the lifeline. It waits on descriptor 3, whose other end only the worker has. When the worker
 * dies in any way, that end closes. The reader then stops the launcher, kills all descendants of the launcher until none
 * is left, and kills the whole group. If the launcher is a subreaper, its descendants are all processes of the attempt,
 * and a stopped launcher still adopts. It must not end before them, or they would get away. The reader has no children,
 * so it may ignore signals. It ignores them from birth, because the TERM at the end of a short first command can come
 * before the reader has run its first line.
 */
const SIGNALS = "TERM INT HUP QUIT USR1 USR2";

/** How often the reader looks for descendants that are left. A chain of forks takes several looks. */
const LOOKS = 1000;

/**
 * Kills the descendants of the launcher, `$$`. In `/proc/PID/stat` the first field behind the parenthesis is the state
 * and the eighteenth the number of threads: a zombie with several threads lives.
 *
 * A child may fork and end after it was listed and before its state is read, so "all are dead" is believed only when
 * the next list is the same. A stopped launcher reaps nothing: its list of children only grows at the end, and `dead`,
 * a beginning of it, need not be looked at again. Otherwise the zombies of a chain of forks would make each look slower
 * than the chain. For the same reason states are read after the kill. The launcher is stopped anew at each look, since
 * a signal to its group may have continued it.
 *
 * The first look lists all descendants. If the launcher is no subreaper, those are not handed over to it.
 */
const KILL_DESCENDANTS = `set -- /proc/self/task/*
me=\${1##*/} looks=0 dead=
while [ $looks -lt ${LOOKS} ]; do
kill -s STOP $$
looks=$((looks+1)) kids= found=
IFS= read -r kids </proc/$$/task/$$/children
case $kids in
"$dead"*) ;;
*) dead= ;;
esac
[ "$kids" != "$dead" ] || break
rest=\${kids#"$dead"}
for pid in $rest; do [ $pid = $me ] || found="$found $pid"; done
next=$found
while [ $looks -eq 1 ] && [ "$next" ]; do
todo=$next next=
for pid in $todo; do
for file in /proc/$pid/task/*/children; do
kids=
read -r kids <$file
next="$next\${kids:+ $kids}"
done
done
found="$found$next"
done
[ ! "$found" ] || kill -s KILL $found
for pid in $rest; do
stat=
[ $pid = $me ] || read -r stat </proc/$pid/stat
set -- \${stat##*)}
case $1.\${18} in
. | Z.1 | Z.0) dead="$dead$pid " ;;
*) break ;;
esac
done
done`;

/** `definition` is what requests need, one line. Its lines count as line 1 in what a shell complains about. */
export function launcherScript(nonce: string, definition: string): string {
  return `${definition}exec 2>&1
umask 077
trap '' ${SIGNALS} ALRM PIPE
(read -r line <&3
${KILL_DESCENDANTS}
kill -s KILL 0) </dev/null >/dev/null 2>&1 &
exec 3<&-
trap : ${SIGNALS}
trap 'echo "!${nonce} 0"' INT
trap - ALRM PIPE
echo "+${nonce} $!"
`;
}
