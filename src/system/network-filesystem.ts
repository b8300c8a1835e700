/** Network file systems, on which SQLite cannot share a database between processes. */
import { statfsSync } from "node:fs";

/** As in statfs(2). FUSE is not among them: it is local as often as not. */
const NETWORK_FILESYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x01021997, "9p"],
]);

/** The kind of network file system of a directory. Null: none of a known kind. */
export function networkFilesystem(directory: string): string | null {
  return process.platform === "linux" ? (NETWORK_FILESYSTEMS.get(statfsSync(directory).type) ?? null) : null;
}
