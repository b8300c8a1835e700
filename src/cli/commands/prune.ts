import { EXIT, UsageError } from "../../core/errors.js";
import { TERMINAL_STATES, type TerminalState } from "../../core/job/state.js";
import { parseDuration } from "../../core/text/duration.js";
import { plural } from "../../core/text/plural.js";
import { prunedToJson } from "../../json/jobs/change.js";
import type { Client } from "../../queue/client.js";
import type { PruneSelection } from "../../queue/jobs/jobs.js";
import { canAsk, confirm } from "../actions/confirm.js";
import { QueueCommand } from "../base/command.js";
import { jobStates } from "../input/job-filter.js";
import { Command, Option } from "../parse/clipanion.js";
import { openProgress } from "../terminal/progress.js";

export class PruneCommand extends QueueCommand {
  static override paths = [["prune"]];
  static override usage = Command.Usage({
    description: "Delete jobs that have ended, with their history and output",
    details:
      "Needs --state or --older-than; without --state it deletes completed jobs. It asks first on a terminal, " +
      "and needs -y elsewhere. The supervisor also deletes " +
      "jobs when their retention is over: see retention and retention-dead in queuectl config list.",
    examples: [
      ["How many jobs it would delete", "queuectl prune --older-than 7d --dry-run"],
      ["All that are cancelled or dead", "queuectl prune --state cancelled,dead"],
      ["In a script", "queuectl prune --state completed --older-than 12h -y"],
    ],
  });

  states = Option.Array("--state", {
    description: "STATE | completed (default), dead or cancelled; may be repeated",
  });
  olderThan = Option.String("--older-than", {
    description: "DURATION | only jobs that ended longer ago: 90m, 12h, 7d",
  });
  dryRun = Option.Boolean("--dry-run", false, { description: "only say how many jobs it would delete" });
  yes = Option.Boolean("-y,--yes", false, { description: "do not ask" });

  override async run(client: Client): Promise<number | undefined> {
    const selection = this.#selection();
    const asks = !this.dryRun && !this.yes;
    if (asks && !canAsk())
      throw new UsageError(
        "queuectl prune needs -y without a terminal",
        "--dry-run says how many jobs it would delete",
      );
    const found = await client.jobs.prune(selection, { dryRun: true });
    if (found === 0) return this.#report("No job to delete", 0);
    if (this.dryRun) return this.#report(`Would delete ${plural(found, "job")}`, found);
    if (asks && !(await confirm(`Delete ${plural(found, "job")} with history and output?`))) {
      this.remark("Nothing was deleted");
      return EXIT.failure;
    }
    const deleted = await this.#prune(client, selection, found);
    return this.#report(`Deleted ${plural(deleted, "job")}`, deleted);
  }

  #selection(): PruneSelection {
    if (this.states === undefined && this.olderThan === undefined) {
      throw new UsageError(
        "queuectl prune needs --state or --older-than",
        "for example: queuectl prune --older-than 7d --dry-run",
      );
    }
    const states = this.states === undefined ? (["completed"] as const) : jobStates(this.states);
    const wrong = states.find((state) => !isTerminalState(state));
    if (wrong) throw new UsageError(`--state is ${wrong}`, "only completed, dead and cancelled jobs can be pruned");
    const olderThanMs = this.olderThan === undefined ? 0 : parseDuration(this.olderThan, "--older-than");
    return { states: states.filter(isTerminalState), olderThanMs };
  }

  async #prune(client: Client, selection: PruneSelection, found: number): Promise<number> {
    const progress = openProgress(this.json);
    try {
      return await client.jobs.prune(selection, {
        onProgress: (done) => progress.update({ doing: "Deleting", done, total: found }),
      });
    } finally {
      progress.stop();
    }
  }

  #report(sentence: string, count: number): undefined {
    if (this.json) this.printJson(prunedToJson(count, this.dryRun));
    else this.print(sentence);
  }
}

function isTerminalState(state: string): state is TerminalState {
  return (TERMINAL_STATES as readonly string[]).includes(state);
}
