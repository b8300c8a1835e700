/**
 * From the words of the command line to an exit code: find the command, check its arguments, run it, and report its
 * error.
 */

import { diskTrouble } from "../system/disk-trouble.js";
import { checkArguments } from "../system/utf8.js";
import type { CallContext } from "./base/command.js";
import { readArguments } from "./parse/arguments.js";
import { type Call, splitCall, wantsJson } from "./parse/call.js";
import { instantiate } from "./parse/clipanion.js";
import { signatureOf } from "./parse/signature.js";
import { noteOptions, optionsAmong } from "./parse/typed-options.js";
import { loadCommand } from "./registry.js";
import { reportError } from "./render/error.js";

type Releases = Omit<CallContext, "tail">;

export async function main(argv: readonly string[], releases: Releases): Promise<number> {
  if (argv[0] === "__complete") return complete(argv.slice(1));
  try {
    checkArguments(argv);
    await noteOptions(optionsAmong(argv));
    return await run(splitCall(argv), releases);
  } catch (error) {
    return reportError(diskTrouble(error) ?? error, wantsJson(argv));
  }
}

async function run(call: Call, releases: Releases): Promise<number> {
  if (call.kind !== "command") return help(call);
  const commandClass = await loadCommand(call.path);
  const given = readArguments(signatureOf(commandClass), call.rest);
  await noteOptions(given.options);
  if (given.help) return help({ kind: "help", words: call.path.split(" ") });
  return (await instantiate(commandClass, given, { tail: given.tail, ...releases }).execute()) ?? 0;
}

async function help(call: Exclude<Call, { kind: "command" }>): Promise<number> {
  const { answer } = await import("./help.js");
  return answer(call);
}

/** For the shells' completion scripts. It is no command of its own, so that no list shows it. */
async function complete(words: readonly string[]): Promise<number> {
  const completion = await import("./completion/complete.js");
  return completion.complete(words);
}
