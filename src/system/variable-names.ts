/**
 * Variables whose names no shell can hold, such as `server.port` or the functions that bash exports. A shell drops them
 * (dash, busybox) or refuses to set them, and both keeper and launcher are shells. So such a variable goes through a
 * shell encoded, as `QUEUECTL_ENCODED_` with its name in hex, and `name=value` as its value. Behind the keeper our own
 * process decodes it, and in front of a job the program `namer` does (scripts/build/namer.js).
 */
const MARK = "QUEUECTL_ENCODED_";

/** Whether a shell can have a variable of this name. */
export function isShellName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** `NAME=VALUE` for a shell. */
export function shellVariable(name: string, value: string): string {
  return isShellName(name) ? `${name}=${value}` : `${encodedName(name)}=${name}=${value}`;
}

function encodedName(name: string): string {
  return `${MARK}${Buffer.from(name).toString("hex")}`;
}

export function encodeNames(env: Readonly<NodeJS.ProcessEnv>): Record<string, string> {
  const encoded: Record<string, string> = {};
  for (const [name, value = ""] of Object.entries(env)) {
    if (isShellName(name)) encoded[name] = value;
    else encoded[encodedName(name)] = `${name}=${value}`;
  }
  return encoded;
}

/** Decodes in place. */
export function decodeNames(env: NodeJS.ProcessEnv): void {
  for (const [encoded, text = ""] of Object.entries(env)) {
    const end = text.indexOf("=");
    if (!encoded.startsWith(MARK) || end === -1) continue;
    delete env[encoded];
    env[text.slice(0, end)] = text.slice(end + 1);
  }
}
