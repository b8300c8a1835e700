/** What one command costs from its start to its exit, beside Node alone. */
import { spawnSync } from "node:child_process";
import { Home } from "./home.js";
import { inTurns, ratios } from "./measure.js";
import { environment, PROGRAM } from "./processes.js";
import { atMost, compared, milliseconds } from "./row.js";

export const notes = [
  'Whole processes, from spawn to exit: `enqueue \'{"command":"true"}\'`, `status` and `list` in a home with 50 and more jobs (`list` shows 50) that no other process uses, beside `node -e 0`.',
];

export async function measure({ quick }) {
  const home = await new Home().open();
  await home.enqueue(50, { command: "true" });
  await home.disconnect();
  const node =
    (...words) =>
    () =>
      timed(words, home.dir);
  const values = await inTurns(quick ? 5 : 20, {
    node: node("-e", "0"),
    enqueue: node(PROGRAM, "enqueue", '{"command":"true"}'),
    status: node(PROGRAM, "status"),
    list: node(PROGRAM, "list"),
  });
  await home.close();
  return Object.entries({ enqueue: 1.6, status: 1.8, list: 1.8 }).map(([name, limit]) =>
    compared(`start-up, ${name}`, {
      ours: values[name],
      other: { name: "node -e 0", values: values.node },
      ratios: ratios(values[name], values.node),
      target: atMost(limit),
      show: milliseconds,
    }),
  );
}

/** Synchronously, because nothing of ours should stand between an exit and its being seen. */
export function timed(words, home) {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, { env: environment({ QUEUECTL_HOME: home }) });
  const ms = performance.now() - began;
  if (status !== 0) throw new Error(`node ${words.join(" ")} exited with ${status}: ${stderr}`);
  return ms;
}
