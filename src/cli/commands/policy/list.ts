import { policyToJson } from "../../../json/policy.js";
import type { Client } from "../../../queue/client.js";
import { QueueCommand } from "../../base/command.js";
import { Command } from "../../parse/clipanion.js";
import { asTyped } from "../../parse/typed-options.js";
import { policyFacts } from "../../render/policy.js";
import { type Column, renderTable } from "../../terminal/table.js";

export class PolicyListCommand extends QueueCommand {
  static override paths = [["policy", "list"]];
  static override usage = Command.Usage({
    description: "List the policies that jobs may name",
    details: "Where a cell is empty, the configuration decides. In JSON, durations are milliseconds.",
    examples: [["For a script", "queuectl policy list --json"]],
  });

  override async run(client: Client): Promise<undefined> {
    const policies = [...(await client.policies.all())];
    if (this.json) this.printJson(policies.map(([name, policy]) => policyToJson(name, policy)));
    else if (policies.length === 0)
      this.print(asTyped("No policies; to make one: queuectl policy set NAME --max-retries 5"));
    else {
      const rows = policies.map(([name, policy]) => ({ name, facts: policyFacts(policy) }));
      this.print(await renderTable(policyColumns(rows), rows));
    }
  }
}

interface PolicyRow {
  readonly name: string;
  readonly facts: ReadonlyMap<string, string>;
}

/** A column for each value that one of the policies has. */
export function policyColumns(rows: readonly PolicyRow[]): Column<PolicyRow>[] {
  const titles = [...new Set(rows.flatMap(({ facts }) => [...facts.keys()]))];
  return [
    { title: "policy", value: ({ name }) => name, importance: 9 },
    ...titles.map((title) => ({
      title: title.replaceAll("-", " "),
      value: ({ facts }: PolicyRow) => facts.get(title) ?? "",
    })),
  ];
}
