import { QueuectlError, UsageError } from "../../core/errors.js";
import { oneLine } from "../../core/text/visible.js";
import { jsonText } from "../../json/exact.js";
import { jobToJson } from "../../json/jobs/job.js";
import type { Client } from "../../queue/client.js";
import type { EditableJob } from "../../queue/jobs/edit.js";
import type { Job } from "../../queue/jobs/job.js";
import { giveDescription, lookAtJob } from "../../queue/json-jobs.js";
import { canAsk, confirm } from "../actions/confirm.js";
import { QueueCommand } from "../base/command.js";
import { withSettings } from "../input/edit-settings.js";
import { Draft, hasEditor, openEditor } from "../input/editor.js";
import { parseJson } from "../input/json-text.js";
import { Command, Option } from "../parse/clipanion.js";

export class EditCommand extends QueueCommand {
  static override paths = [["edit"]];
  static override usage = Command.Usage({
    description: "Change a waiting or dead job: its command, priority, queue, time and so on",
    details:
      "Opens the job's description, as JSON with the keys of enqueue, in $VISUAL or $EDITOR, or else in vi. " +
      "A key that is left out gets its default, as in enqueue; only the directory stays. Some parts cannot be edited: " +
      "dependencies, unique and limit keys, deadline and policy. If the editor fails, nothing is changed. If " +
      "the text is wrong, or the job has started or changed meanwhile, nothing is changed either, and the text " +
      "is kept in a file. On a terminal a wrong text may be edited again. With --set no editor is opened. " +
      "Without a terminal, use --set or set EDITOR. With --json: the job.",
    examples: [
      ["In the editor", "queuectl edit job1"],
      ["Without one", "queuectl edit last --set priority=5 --set timeout=10m"],
      [
        "Mend the command of a dead job and retry it",
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
      throw new UsageError("there is no terminal for an editor", "give the change with --set KEY=VALUE, or set EDITOR");
    }
    return super.execute();
  }

  override async run(client: Client): Promise<undefined> {
    const seen = await lookAtJob(client, this.id);
    const { id } = seen.job;
    const edited =
      this.settings === undefined
        ? await this.#inEditor(client, seen)
        : await giveDescription(client, seen, withSettings(seen.description, this.settings));
    if (this.json) this.printJson(jobToJson(edited ?? (await client.jobs.get(id))));
    else if (edited === null) this.print(`Nothing was changed in job ${id}`);
    else this.print(`Edited job ${id}`);
    if (edited?.state === "dead" && !this.json) this.remark("It is dead", `queuectl retry ${id} runs it again`);
  }

  async #inEditor(client: Client, seen: EditableJob): Promise<Job | null> {
    const draft = new Draft(`${seen.job.id}.json`, `${jsonText(seen.description, 2)}\n`);
    for (;;) {
      await openEditor(draft.path, this.context.release);
      try {
        return await giveDescription(client, seen, parseJson(draft.read()));
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
