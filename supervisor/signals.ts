/**
 * Signals as messages. The first TERM or INT drains, the next ones are more impatient; QUIT kills at once. HUP reopens the
 * log file, if there is one, and looks at the store at once; a terminal that goes away is no reason to stop working. TTIN
 * and TTOU mean one worker more or less.
 */
import type { Message } from "./state.js";

export function listenForSignals(send: (message: Message) => void): () => void {
  const graceful = () => send({ type: "stop", how: "graceful" });
  const immediate = () => send({ type: "stop", how: "immediate" });
  const reopen = () => send({ type: "reopen-log" });
  const more = () => send({ type: "scale-by", change: 1 });
  const fewer = () => send({ type: "scale-by", change: -1 });
  const handlers = {
    SIGTERM: graceful,
    SIGINT: graceful,
    SIGQUIT: immediate,
    SIGHUP: reopen,
    SIGTTIN: more,
    SIGTTOU: fewer,
  } as const;
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
  };
}
