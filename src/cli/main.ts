/**
 * The command line. Nothing heavy is loaded here: `main` looks at the words and imports the one command that they name,
 * since start-up time is most of what a short command costs.
 */
import { EXIT } from "../core/errors.js";
import { main } from "./dispatch.js";
import { outliveReaders } from "./terminal/standard-streams.js";

export async function start(): Promise<void> {
  const interrupt = () => process.exit(EXIT.interrupted);
  process.on("SIGINT", interrupt);

  const releaseInterrupt = () => void process.off("SIGINT", interrupt);
  const release = () => {
    releaseInterrupt();
    outliveReaders();
  };
  process.exitCode = await main(process.argv.slice(2), { releaseInterrupt, release });
}
