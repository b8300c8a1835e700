/**
 * The command line. `main` looks at the words and imports only the command that they name, because start-up time is
 * most of the cost of a short command.
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
