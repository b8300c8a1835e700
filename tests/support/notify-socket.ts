/**
 * A datagram socket like the one that systemd gives its services. Python receives it, since Node has no such sockets.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { waitFor } from "./wait-for.js";

const RECEIVER = `
import socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
receiver.settimeout(float(sys.argv[2]))
print("bound", flush=True)
while True:
    try:
        print(receiver.recv(4096).decode().strip().replace("\\n", " "), flush=True)
    except TimeoutError:
        print("silence", flush=True)
`;

/** Why tests with a socket cannot run here. Empty: they can. */
export const NO_NOTIFY_SOCKET = ["python3", "systemd-notify"]
  .filter((program) => spawnSync(program, ["--version"]).status !== 0)
  .map((program) => `needs ${program}, which is not here`)
  .join("; ");

export class NotifySocket {
  readonly path: string;
  /** One entry for each datagram, and "silence" for each `silenceMs` without one. */
  readonly heard: string[] = [];
  readonly #receiver: ChildProcess;

  private constructor(path: string, silenceMs: number) {
    this.path = path;
    this.#receiver = spawn("python3", ["-c", RECEIVER, path, String(silenceMs / 1000)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let rest = "";
    this.#receiver.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.heard.push(...lines);
    });
  }

  static async open(path: string, silenceMs: number): Promise<NotifySocket> {
    const socket = new NotifySocket(path, silenceMs);
    await waitFor("the socket", () => socket.heard.includes("bound"));
    return socket;
  }

  count(message: string): number {
    return this.heard.filter((line) => line.startsWith(message)).length;
  }

  close(): void {
    this.#receiver.kill();
  }
}
