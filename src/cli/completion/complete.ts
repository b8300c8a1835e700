/**
 * `queuectl __complete WORDS...`, which the shells' scripts call at each Tab. It takes the words after `queuectl` up to
 * the cursor and prints candidates, one a line: the whole word, a tab, and a description. `:files` and `:directories`
 * leave the completion to the shell.
 *
 * An error prints nothing, because it would only disturb a user in the middle of typing.
 */
import { existsSync } from "node:fs";
import { commandText } from "../../core/job/command.js";
import { plural } from "../../core/text/plural.js";
import { visible } from "../../core/text/visible.js";
import { type Home, locateHome } from "../../home/home.js";
import { livingPools } from "../../home/pid-file.js";
import { poolsOf } from "../../home/pool.js";
import { jobsLike, policiesLike, queuesLike, schedulesLike } from "../../queue/stored-names.js";
import { writeText } from "../terminal/standard-streams.js";
import { homeOf } from "./home.js";
import { type Candidate, type Question, whatIsWanted } from "./wanted.js";

const MOST = 200;
/** Fits a line of a menu, in characters. */
const LONGEST_DESCRIPTION = 70;

/** Resolves to the exit code. */
export async function complete(words: readonly string[]): Promise<number> {
  try {
    const question = await whatIsWanted(words);
    const { kind } = question.wanted;
    const lines = kind === "files" || kind === "directories" ? [`:${kind}`] : await candidateLines(words, question);
    writeText(1, lines.map((line) => `${line}\n`).join(""));
  } catch {
    // Completes nothing.
  }
  return 0;
}

async function candidateLines(words: readonly string[], question: Question): Promise<string[]> {
  const { typed, before } = question;
  const candidates = (await find(words, question)).filter(({ value }) => value.startsWith(typed)).slice(0, MOST);
  return candidates.map(({ value, description }) => {
    const shown = visible(description).slice(0, LONGEST_DESCRIPTION);
    return `${before}${value}${shown === "" ? "" : `\t${shown}`}`;
  });
}

async function find(words: readonly string[], { wanted, typed }: Question): Promise<readonly Candidate[]> {
  if (wanted.kind === "words") return wanted.candidates;
  const home = homeOf(words);
  switch (wanted.kind) {
    case "queues":
      return (await queuesLike(home, MOST)).map(bare);
    case "policies":
      return (await policiesLike(home)).map(bare);
    case "schedules":
      return (await schedulesLike(home)).map(({ name, cron, job }) => ({
        value: name,
        description: `${cron}: ${commandText(job.command)}`,
      }));
    case "pools":
      return pools(locateHome(home), wanted.logs);
    case "jobs": {
      const jobs = await jobsLike(home, { typed, states: wanted.states, most: MOST });
      return jobs.map(({ id, state, command }) => ({ value: id, description: `${state}: ${commandText(command)}` }));
    }
    default:
      return [];
  }
}

function bare(value: string): Candidate {
  return { value, description: "" };
}

function pools(home: Home, withLog: boolean): Candidate[] {
  if (withLog) {
    const logged = poolsOf(home).filter(({ logFile }) => existsSync(logFile));
    return logged.map(({ name, logFile }) => ({ value: name, description: logFile }));
  }
  return livingPools(home).map(({ name, supervisor }) => ({
    value: name,
    description: `pid ${supervisor.pid}, ${plural(supervisor.workers, "worker")}`,
  }));
}
