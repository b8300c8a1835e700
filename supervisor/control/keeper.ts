/**
 * The keeper of a detached supervisor: starts it again when it was killed or has crashed. It is a shell loop, because
 * something that must outlive everything else should be small; a service manager does the same for a supervisor in the
 * foreground.
 *
 * TERM makes the keeper leave once its supervisor has ended; it does not end the supervisor. A supervisor that ended by
 * itself, with an exit code that means something, is not started again. The first restart comes at once, later ones wait,
 * up to half a minute, until one has lived for a minute.
 */
import { EXIT } from "../../src/core/errors.js";
import { GAVE_UP_EXIT_CODE } from "../pure/restart-intensity.js";

/** Ended on purpose: a new one would do the same, or is not wanted. */
const MEANT = [EXIT.ok, EXIT.usage, EXIT.conflict, GAVE_UP_EXIT_CODE, EXIT.busy, EXIT.unusable];

/**
 * Run by `/bin/sh -c` with the log file and then the supervisor's command line as its arguments. The log is opened for each
 * supervisor anew, as it may have been rotated since. HUP is the supervisor's affair.
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
