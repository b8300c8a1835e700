/** The entry of the bundle: command line or worker. Only the one that runs is loaded. */
export type ProgramName = "queuectl" | "worker";

export async function start(name: ProgramName): Promise<void> {
  const program = name === "worker" ? await import("../worker/main.js") : await import("../cli/main.js");
  await program.start();
}
