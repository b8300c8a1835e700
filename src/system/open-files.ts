/** The files that a process has open. */
import { readdirSync, readlinkSync } from "node:fs";

/** Paths. Empty if the system does not tell, or not us. */
export function openFiles(pid: number, procRoot = "/proc"): readonly string[] {
  const folder = `${procRoot}/${pid}/fd`;
  return entriesOf(folder).flatMap((name) => {
    try {
      return [readlinkSync(`${folder}/${name}`)];
    } catch {
      // The file was closed meanwhile.
      return [];
    }
  });
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
