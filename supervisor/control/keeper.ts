/**
 * The keeper of a detached supervisor: starts it again after a kill or a crash. It is a shell loop, because a process
 * that must outlive all others should be small. In the foreground a service manager does the same.
 *
 * TERM makes the keeper leave once its supervisor has ended; it does not end the supervisor. If the supervisor ends by
 * itself with a meaningful exit code, it is not started again. The first restart comes at once. Later ones wait, up to
 * half a minute, until a supervisor has lived for a minute.
 */
import { EXIT } from "../../src/core/errors.js";
import { GAVE_UP_EXIT_CODE } from "../pure/restart-intensity.js";

/**
 * Ended on purpose: a new supervisor would end the same way, or is not wanted. A conflict is among them because another
 * supervisor runs then; a lock that is only held ends with another code.
 */
export const MEANT: readonly number[] = [
  EXIT.ok,
  EXIT.usage,
  EXIT.conflict,
  GAVE_UP_EXIT_CODE,
  EXIT.busy,
  EXIT.unusable,
];

/**
 * Run by `/bin/sh -c` with the log file and then the supervisor's command line as its arguments. The log is opened anew
 * for each supervisor, as it may have been rotated. HUP is left to the supervisor.
 */
export const KEEPER_SCRIPT = `
trap 'leave=1' TERM INT QUIT
trap : HUP
log=$1
shift
wait=0
while :; do
  begun=$(date +%s)
  (umask 077 && : >>"$log")
  "$@" >>"$log" 2>&1
  code=$?
  case $code in ${MEANT.join("|")}) exit $code ;; esac
  [ -z "$leave" ] || exit $code
  # The channel to the command that started us served the first supervisor only.
  exec 3>&-
  unset NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE
  [ $(($(date +%s) - begun)) -lt 60 ] || wait=0
  echo "the supervisor has ended with exit code $code; starting it again in $wait s" >>"$log"
  sleep $wait
  [ -z "$leave" ] || exit $code
  wait=$((wait == 0 ? 1 : wait < 16 ? wait * 2 : 30))
done
`;
