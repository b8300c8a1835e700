import { UsageError } from "../../core/errors.js";
import { suggestion } from "../../core/text/suggest.js";
import { BaseCommand } from "../base/command.js";
import { SHELLS, type Shell } from "../completion/shells.js";
import { Command, Option } from "../parse/clipanion.js";

export class CompletionCommand extends BaseCommand {
  static override paths = [["completion"]];
  static override usage = Command.Usage({
    description: "Print a script that completes commands, flags, values, job ids and other names in a shell",
    details: `For ${SHELLS.join(", ")}. The script asks queuectl at each Tab, so it never gets out of date.`,
    examples: [
      ["For fish", "queuectl completion fish > ~/.config/fish/completions/queuectl.fish"],
      ["For bash, in ~/.bashrc", "source <(queuectl completion bash)"],
      ["For zsh, in ~/.zshrc after compinit", "source <(queuectl completion zsh)"],
    ],
  });

  shell = Option.String({ name: "SHELL" });

  override async execute(): Promise<number> {
    const shell = this.#known();
    const { SCRIPTS } = await import("../completion/scripts.js");
    if (this.json) this.printJson({ shell, script: SCRIPTS[shell] });
    else this.print(SCRIPTS[shell].trimEnd());
    return 0;
  }

  #known(): Shell {
    const known = SHELLS.find((name) => name === this.shell);
    if (known) return known;
    throw new UsageError(`there is no completion for ${JSON.stringify(this.shell)}`, suggestion(this.shell, SHELLS));
  }
}
