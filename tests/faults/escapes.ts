/**
 * Bodies of jobs that leave what a queue could know its processes by: group, session, environment, parent, even the main
 * thread. Each ends what it has let go before it ends itself. If it does not come to that, since it or its worker was
 * killed, the queue has to: before the next attempt, which the witness sees by the lock that all of them inherit, and in
 * any case before it is idle.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** They do not hold the lock of a limit (descriptor 8), which belongs to the job alone. */
const APART = "setsid env -i PATH=/bin:/usr/bin";

/** The first one that there is: a wrapper in the path may take long to start. */
const PYTHON = ["/usr/bin/python3", "/usr/local/bin/python3"].filter((path) => existsSync(path)).slice(0, 1);

export class Escapes {
  /** In the arguments of each process that escapes. In seconds, longer than any test. */
  readonly #mark = `9000.${process.pid}`;
  readonly bodies: readonly string[];

  constructor(folder: string) {
    const chain = join(folder, `chain-${this.#mark}.sh`);
    // Each link lives for some milliseconds, and its child goes on.
    writeFileSync(chain, `[ -e "$1" ] || { sleep 0.01; /bin/sh "$0" "$1" & }\n`);
    const pidFile = `"${folder}/escaped.$QUEUECTL_FENCE"`;
    this.bodies = [
      `${APART} sleep ${this.#mark} 8>&- & e=$!; sleep 0.3; kill -9 $e; wait`,
      `(${APART} sh -c 'sleep ${this.#mark} & echo $! >"$0"' ${pidFile} 8>&- &); sleep 0.3; until [ -s ${pidFile} ]; do sleep 0.02; done; read -r e <${pidFile}; kill -9 $e`,
      `${APART} /bin/sh '${chain}' ${pidFile} 8>&- & sleep 0.3; : >${pidFile}; wait`,
      ...PYTHON.map((python) => zombieLeader(python, this.#mark)),
    ];
  }

  /** Pids of those that live. A chain of forks may be missed. */
  get survivors(): number[] {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0 && pid !== process.pid && this.#escaped(pid));
  }

  /** The arguments of a zombie are empty; its threads have them still. */
  #escaped(pid: number): boolean {
    try {
      const tasks = readdirSync(`/proc/${pid}/task`);
      return tasks.some((task) => readFileSync(`/proc/${pid}/task/${task}/cmdline`, "latin1").includes(this.#mark));
    } catch {
      return false;
    }
  }
}

/** The main thread ends, and another one lives on: the process is shown as a zombie. */
function zombieLeader(python: string, mark: string): string {
  const lines = [
    "import ctypes, signal, sys, threading, time",
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
    "threading.Thread(target=time.sleep, args=(float(sys.argv[1]),)).start()",
    "ctypes.CDLL(None).pthread_exit(None)",
  ];
  return `${python} -c '${lines.join("; ")}' ${mark} 8>&- & e=$!; sleep 0.5; kill -9 $e; wait`;
}
