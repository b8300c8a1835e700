/**
 * The keeper of a detached supervisor: starts it again after a kill or a crash. It is a shell loop, because a process
 * that must outlive all others should be small. In the foreground a service manager does the same.
 *
 * TERM makes the keeper leave once its supervisor has ended; it does not end the supervisor. If the supervisor ends by
 * itself with a meaningful exit code, it is not started again. A conflict and a full disk are meant at the first
 * start only. Later another process may have taken the home for a moment, or the disk may get room, so the keeper tries
 * until it has the home back.
 *
 * A supervisor that was killed (SIGKILL) is started again at once. After ten in a row that lived less than two seconds
 * that counts as a crash. The first restart after a crash comes at once as well. Later ones wait, up to half a minute,
 * until a supervisor has lived for a minute.
 *
 * If the home was deleted, nothing is started again: a new supervisor would make an empty home and wait in it.
 */
import { EXIT } from "../../src/core/errors.js";
import { GAVE_UP_EXIT_CODE } from "../pure/restart-intensity.js";

/** Ended on purpose: a new supervisor would end the same way, or is not wanted. */
export const MEANT: readonly number[] = [EXIT.ok, EXIT.usage, GAVE_UP_EXIT_CODE, EXIT.busy, EXIT.unusable];

/** Of the shell, for a process that SIGKILL ended. */
const KILLED = 137;

/** How it begins a line about the end of a supervisor. */
export const KEEPER_SAYS = "the supervisor has ended with exit code";

/**
 * Run by `/bin/sh -c` with the log file, which lies in a directory of the home, and then the supervisor's command line
 * as its arguments. The log is opened anew for each supervisor, as it may have been rotated. If it cannot be opened, the
 * supervisor runs without it. HUP is left to the supervisor. Programs are looked for in the system's path, not in the
 * starter's.
 */
export const KEEPER_SCRIPT = `
trap 'leave=1' TERM INT QUIT
trap : HUP
log=$1
shift
mask=$(umask)
# A log that was removed is made anew by any of the lines below, and is private.
umask 077
wait=0
kills=0
restarted=
while :; do
  begun=$(command -p date +%s)
  out=$log
  (: >>"$log") 2>/dev/null || out=/dev/null
  (umask $mask && exec "$@") >>"$out" 2>&1
  code=$?
  case $code in
    ${MEANT.join("|")}) exit $code ;;
    ${EXIT.conflict}|${EXIT.shortage}) [ -n "$restarted" ] || exit $code ;;
  esac
  [ -z "$leave" ] || exit $code
  restarted=1
  # The channel to the command that started us served the first supervisor only.
  exec 3>&-
  unset NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE
  lived=$(($(command -p date +%s) - begun))
  [ $lived -lt 60 ] || wait=0
  [ $lived -lt 2 ] || kills=0
  if [ $code = ${KILLED} ] && [ $kills -lt 10 ]; then
    kills=$((kills + 1))
    pause=0
  else
    pause=$wait
    wait=$((wait == 0 ? 1 : wait < 16 ? wait * 2 : 30))
  fi
  echo "${KEEPER_SAYS} $code; starting it again in $pause s" >>"$out"
  # TERM interrupts the wait, which it would not do to a sleep in the foreground.
  [ $pause = 0 ] || { command -p sleep $pause & wait $!; kill $! 2>/dev/null; }
  [ -z "$leave" ] || exit $code
  [ -d "\${log%/*/*}" ] || exit $code
done
`;
