/** Signals as messages. The first TERM or INT drains, the next ones are more impatient; QUIT kills at once. */
import type { Message } from "./state.js";

export function listenForSignals(send: (message: Message) => void): () => void {
  const graceful = () => send({ type: "stop", how: "graceful" });
  const immediate = () => send({ type: "stop", how: "immediate" });
  // A terminal that goes away is no reason to stop working.
  const ignore = () => {};
  const handlers = { SIGTERM: graceful, SIGINT: graceful, SIGQUIT: immediate, SIGHUP: ignore } as const;
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
  };
}
