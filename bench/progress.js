/** What is being measured, on stderr: one line that is written over on a terminal, many lines elsewhere. */
let family = "";
const began = performance.now();

export function begin(name) {
  family = name;
  progress("begins");
}

export function progress(text) {
  const line = `[${String(Math.round((performance.now() - began) / 1000)).padStart(4)} s] ${family}: ${text}`;
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
}

export function end() {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
}
