/**
 * The descriptors above stderr that a process got from the one that started it. A lock or a pipe among them would stay
 * in use for as long as the process lives, and its children get them too.
 *
 * Node has no call to make a descriptor close-on-exec. Its own all are, so on Linux the flags in /proc tell them from
 * the others. At its start Node also marks those it got: the ones up to 15 and the ones without a gap behind them. Of the
 * marked ones the kind tells: Node has no file open at that time, both ends of each of its pipes, and no blocking
 * socket. Code that Node was told to load before us may hold such things, so then the marked ones stay open; children
 * do not get them.
 *
 * Elsewhere nothing is closed. macOS gives a child of Node only the descriptors that are meant for it.
 */
import { closeSync, fstatSync, readdirSync, readFileSync } from "node:fs";

const CLOSE_ON_EXEC = 0o2000000;
const NONBLOCKING = 0o4000;
const ACCESS = 3;

interface Descriptor {
  readonly fd: number;
  /** As of open(2). */
  readonly flags: number;
}

/** Closes them. For the first steps of a process, before it opens a file or a socket. */
export function closeInherited(): void {
  const all = descriptors();
  const isAlone = process.execArgv.length === 0 && !process.env.NODE_OPTIONS;
  const inherited = all.filter(
    (one) => one.fd > 2 && one.fd !== channel() && (!(one.flags & CLOSE_ON_EXEC) || (isAlone && isForeign(one, all))),
  );
  for (const { fd } of inherited) closeSync(fd);
}

function descriptors(): Descriptor[] {
  return names().flatMap((name) => {
    const flags = flagsOf(name);
    return flags === null ? [] : [{ fd: Number(name), flags }];
  });
}

function names(): string[] {
  try {
    return readdirSync("/proc/self/fdinfo");
  } catch {
    return [];
  }
}

/** Null: it was open only while the list was read. */
function flagsOf(name: string): number | null {
  try {
    const text = readFileSync(`/proc/self/fdinfo/${name}`, "latin1");
    return Number.parseInt(/^flags:\s*(\d+)/m.exec(text)?.[1] ?? "", 8);
  } catch {
    return null;
  }
}

/** Whether a descriptor that is close-on-exec cannot be Node's own. */
function isForeign({ fd, flags }: Descriptor, all: readonly Descriptor[]): boolean {
  const stats = fstatSync(fd);
  if (stats.isFile() || stats.isDirectory()) return true;
  if (stats.isSocket()) return !(flags & NONBLOCKING);
  return stats.isFIFO() && !all.some((other) => isOtherEnd(other, flags, stats.ino));
}

function isOtherEnd(other: Descriptor, flags: number, ino: number): boolean {
  return (other.flags & ACCESS) !== (flags & ACCESS) && fstatSync(other.fd).ino === ino;
}

/** The one to a parent that speaks to us over IPC. */
function channel(): unknown {
  const { channel } = process;
  return channel !== undefined && "fd" in channel ? channel.fd : undefined;
}
