/** The results as Markdown: the machine, one table, what was left out, and how each number came to be. */
const HEADINGS = ["what", "queuectl", "compared with", "ratio (lowest–highest)", "target", ""];

export function report({ machine, families, skipped, command }) {
  const rows = families.flatMap(({ rows }) => rows);
  const cells = rows.map(({ what, ours, other, ratio, target, verdict }) => [
    what,
    ours,
    other,
    ratio,
    target,
    verdict,
  ]);
  const missed = rows.filter(({ verdict }) => verdict.includes("missed")).length;
  const judged = rows.filter(({ verdict }) => verdict !== "").length;
  return [
    "# Benchmark results",
    `Written by \`${command}\`, see [main.js](main.js). Machines differ and are noisy: look at the ratios, whose two sides ran in turns, in the same minutes.`,
    list(Object.entries(machine).map(([name, value]) => `${name}: ${value}`)),
    `${judged - missed} of ${judged} targets met.`,
    table([HEADINGS, ...cells]),
    "Numbers are medians, of the rounds or the runs; a ratio is the median of the ratios within each round, queuectl's number to the other.",
    ...families.flatMap(({ table: more }) => (more === undefined ? [] : [`## ${more.title}`, table(more.cells)])),
    "## Skipped",
    skipped.length === 0 ? "Nothing." : list(skipped.map(({ what, why }) => `${what}: ${why}`)),
    "## How it was measured",
    ...families.map(({ name, notes }) => `**${name}.** ${notes.join("\n\n")}`),
    "",
  ]
    .join("\n\n")
    .trimEnd()
    .concat("\n");
}

const list = (lines) => lines.map((line) => `- ${line}`).join("\n");

/** As the formatter wants it: columns are as wide as their widest cell. */
function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((cells) => cells[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const [headings, ...body] = rows;
  return [line(headings), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}
