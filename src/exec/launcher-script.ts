/**
 * The program of a launcher: the first lines that its shell reads. After them the shell goes on reading its standard
 * input, where every further request arrives as shell text (request.ts) and is run as it is read; what it has to say
 * comes back on its standard output and error, which are one channel (status.ts).
 *
 * `sh -s` rather than a loop around `read`: a shell reads its script in blocks, so that a request costs one system call
 * where `read` takes one per byte, and a signal in the middle of a read is the shell's own affair.
 *
 * The launcher traps what `kill 0` in a job commonly sends, with a command that does nothing. Ignoring the signals
 * would be inherited by every job; traps are reset in every subshell.
 *
 * The reader beside it is the lifeline: it waits on descriptor 3, whose other end only the worker has, and when that
 * closes, because the worker died in whatever way, it kills the whole group. It has no children, so it may ignore; and it is
 * born ignoring, because the TERM at the end of a short first command can come before it has run its first line.
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
