/** The entry of the bundle: both kinds of process, each loaded only when it is the one. */
export type ProgramName = "queuectl" | "worker";

export async function start(name: ProgramName): Promise<void> {
  const program = name === "worker" ? await import("../worker/main.js") : await import("../cli/main.js");
  await program.start();
}
