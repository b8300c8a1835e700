/**
 * Signals as messages. The first TERM or INT drains, and each further one is more impatient. QUIT kills at once. USR2
 * drains and never does more, because a repeated TERM could come from one impatient user or from two who want the same.
 * HUP reopens the log file, if there is one, and looks at the store at once; a closed terminal is no reason to stop
 * working. TTIN and TTOU mean one worker more or less.
 */
import type { Message } from "../pure/state.js";

/** Sent by `worker stop`. */
export const STOP_SIGNALS = { drain: "SIGUSR2", kill: "SIGQUIT" } as const;

export function listenForSignals(send: (message: Message) => void): void {
  const graceful = () => send({ type: "stop", how: "graceful" });
  const drain = () => send({ type: "stop", how: "drain" });
  const immediate = () => send({ type: "stop", how: "immediate" });
  const reopen = () => send({ type: "reopen-log" });
  const more = () => send({ type: "scale-by", change: 1 });
  const fewer = () => send({ type: "scale-by", change: -1 });
  const handlers = {
    SIGTERM: graceful,
    SIGINT: graceful,
    SIGUSR2: drain,
    SIGQUIT: immediate,
    SIGHUP: reopen,
    SIGTTIN: more,
    SIGTTOU: fewer,
  } as const;
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
}
