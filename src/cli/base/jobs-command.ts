/**
 * The jobs that a command acts on. They are named one by one, by an id, a prefix or `last`, or chosen by flags. A
 * command for several jobs extends this class and asks for its {@link JobsCommand.selection}.
 */
import { UsageError } from "../../core/errors.js";
import { Option } from "../parse/clipanion.js";
import type { CommandClass } from "../registry.js";
import { type Selector, SelectorCommand } from "./selector-command.js";

export type Selection =
  | { readonly kind: "named"; readonly references: readonly string[] }
  | { readonly kind: "chosen"; readonly filter: Selector };

const SELECTORS = "--state, --queue, --tag or --where";

export abstract class JobsCommand extends SelectorCommand {
  ids = Option.Rest({ name: "ID" });

  /** @throws UsageError if neither ids nor flags are given, or both */
  async selection(): Promise<Selection> {
    const filter = await this.selector();
    const references = this.ids;
    if (references.length === 0) {
      if (filter !== null) return { kind: "chosen", filter };
      throw new UsageError(`${this.#words} needs ID or ${SELECTORS}`, `for example: ${this.#words} last`);
    }
    if (filter === null) return { kind: "named", references };
    throw new UsageError(`ids and ${SELECTORS} cannot be combined`, "name the jobs, or choose them by flags");
  }

  get #words(): string {
    return ["queuectl", ...((this.constructor as CommandClass).paths?.[0] ?? [])].join(" ");
  }
}
