import { NoSuchJobError, QueuectlError, UsageError } from "../../core/errors.js";
import { describeJob, withSettings } from "../../core/job/edit.js";
import type { Job, ResolvedJob } from "../../core/job/job.js";
import { jobToJson } from "../../json/job.js";
import type { Client } from "../../queue/client.js";
import { isEditable, wrongState } from "../../queue/jobs/change-errors.js";
import { canAsk, confirm } from "../actions/confirm.js";
import { QueueCommand } from "../base/command.js";
import { Draft, hasEditor, openEditor } from "../input/editor.js";
import { parseJson } from "../input/json-text.js";
import { Command, Option } from "../parse/clipanion.js";
import { oneLine } from "../terminal/text.js";

export class EditCommand extends QueueCommand {
  static override paths = [["edit"]];
  static override usage = Command.Usage({
    description: "Change a job that waits, or is dead: its command, priority, queue, time and so on",
    details:
      "Opens what the job says of itself, as JSON with the keys of enqueue, in $VISUAL or $EDITOR, or else in vi. A key that is " +
      "left out means what it means to enqueue, except that the directory stays. What ties it to other jobs stays as it is: its " +
      "dependencies, unique and limit keys, deadline and policy. Nothing is changed if the editor fails, if the " +
      "text is wrong (on a terminal it may be edited again), or if the job has begun to run or was changed meanwhile: then the " +
      "text is kept in a file. With --set no editor is opened; without a terminal it takes that, or an editor that is named. With --json: the job.",
    examples: [
      ["In the editor", "queuectl edit job1"],
      ["Without one", "queuectl edit last --set priority=5 --set timeout=10m"],
      [
        "Another command for a dead job, and once more",
        "queuectl edit job1 --set command='make -k' && queuectl retry job1",
      ],
    ],
  });

  id = Option.String({ name: "ID" });
  settings = Option.Array("--set", {
    description: 'KEY=VALUE | instead of an editor: priority=5, tags=a,b, env={"A":"1"}, on_dead=none; may be repeated',
  });

  override async execute(): Promise<number> {
    if (this.settings === undefined && !hasEditor()) {
      throw new UsageError("there is no terminal for an editor", "say the change with --set KEY=VALUE, or set EDITOR");
    }
    return super.execute();
  }

  override async run(client: Client): Promise<undefined> {
    const id = await client.resolveId(this.id);
    // As the store has it: what the configuration answers is not the job's own.
    const job = await client.store.jobs.get(id);
    if (job === null) throw new NoSuchJobError(id);
    if (!isEditable(job)) throw wrongState(job, "edited");
    const description = describeJob(job);
    const edited =
      this.settings === undefined
        ? await this.#inEditor(client, job, JSON.stringify(description, null, 2))
        : await client.edit(job, withSettings(description, this.settings));
    if (this.json) this.printJson(jobToJson(edited ?? (await client.get(id))));
    else if (edited === null) this.print(`Nothing was changed in job ${id}`);
    else this.print(`Edited job ${id}`);
    if (edited?.state === "dead" && !this.json) this.remark(`It is dead; queuectl retry ${id} runs it again`);
  }

  async #inEditor(client: Client, job: Job, text: string): Promise<ResolvedJob | null> {
    const draft = new Draft(`${job.id}.json`, `${text}\n`);
    for (;;) {
      await openEditor(draft.path, this.context.release);
      try {
        return await client.edit(job, parseJson(draft.read()));
      } catch (error) {
        if (!(error instanceof UsageError)) {
          draft.keep();
          throw keptIn(draft.path, error);
        }
        if (!canAsk() || !(await confirm(`${oneLine(error.message)}. Edit it again?`))) throw error;
      }
    }
  }
}

function keptIn(path: string, error: unknown): unknown {
  if (!(error instanceof QueuectlError)) return error;
  return new QueuectlError(error.code, error.message, { hint: `the text is kept in ${path}`, cause: error });
}
