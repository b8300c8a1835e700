/** Which words a shell would run as a program. */
import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";

/** Whether a word is the path of an executable file, or its name on the PATH. */
export function isProgram(word: string, { PATH = "" }: NodeJS.ProcessEnv = process.env): boolean {
  if (word === "") return false;
  return word.includes("/") ? isExecutable(word) : PATH.split(":").some((dir) => isExecutable(join(dir || ".", word)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
