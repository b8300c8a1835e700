/**
 * The program of a launcher: the first lines that its shell reads. After them the shell keeps reading its standard
 * input. Every request arrives there as shell text (request.ts) and runs as it is read. Reports come back on standard
 * output and error, which are one channel (status.ts).
 *
 * `sh -s` is used rather than a loop around `read`. A shell reads its script in blocks, so a request costs one system
 * call, where `read` takes one per byte. A signal in the middle of a read is the shell's own affair.
 *
 * The launcher traps the signals that `kill 0` in a job commonly sends, with a command that does nothing. If it ignored
 * them, every job would inherit that; traps are reset in every subshell.
 *
 * The reader beside it is the lifeline. It waits on descriptor 3, whose other end only the worker has. When the worker
 * dies in any way, that end closes, and the reader kills the whole group. The reader has no children, so it may ignore
 * signals. It ignores them from birth, because the TERM at the end of a short first command can come before the reader
 * has run its first line.
 */
const SIGNALS = "TERM INT HUP QUIT USR1 USR2";

export function launcherScript(nonce: string): string {
  return `exec 2>&1
umask 077
trap '' ${SIGNALS} ALRM PIPE
(read -r line <&3; kill -s KILL 0) </dev/null >/dev/null 2>&1 &
exec 3<&-
trap : ${SIGNALS}
trap - ALRM PIPE
echo "+${nonce} $!"
`;
}
