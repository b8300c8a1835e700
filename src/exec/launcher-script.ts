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
 */
const KILL_DESCENDANTS = `set -- /proc/self/task/*
me=\${1##*/} looks=0
kill -s STOP $$
while [ $looks -lt ${LOOKS} ]; do
looks=$((looks+1)) found= alive= next=$$
while [ "$next" ]; do
todo=$next next=
for pid in $todo; do
for file in /proc/$pid/task/*/children; do
kids=
read -r kids <$file
for kid in $kids; do [ $kid = "$me" ] || next="$next $kid"; done
done
done
found="$found $next"
done
for pid in $found; do
stat=
read -r stat </proc/$pid/stat
set -- \${stat##*)}
case $1 in
'') ;;
Z) [ \${18} -le 1 ] || alive="$alive $pid" ;;
*) alive="$alive $pid" ;;
esac
done
[ "$alive" ] || break
kill -s KILL $alive
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
