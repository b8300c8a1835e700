/**
 * Hosts of one machine: each has a network, a name and process ids of its own, so its processes can be neither seen nor
 * killed from another one. The server listens on the address that leads to each. Only root may make them.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { PROGRAM, type Program } from "../support/program.js";

const UNSHARE = ["unshare", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child"];

function ip(...words: string[]): boolean {
  return spawnSync("ip", words, { stdio: "ignore" }).status === 0;
}

/** Why there are no hosts here. Undefined: they can be made. */
export function noHosts(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "only root can make network namespaces";
  const name = `queuectl-${process.pid}-try`;
  const possible =
    ip("netns", "add", name) && spawnSync("ip", ["netns", "exec", name, ...UNSHARE, "true"]).status === 0;
  ip("netns", "delete", name);
  return possible ? undefined : "ip netns or unshare is not allowed here";
}

export class Host {
  /** Address of the server as seen from it. */
  readonly serverAddress: string;
  readonly #name: string;
  readonly #running: ReturnType<typeof spawn>[] = [];

  /** @param number from 1, another one for each host of the machine */
  constructor(number: number) {
    this.#name = `q${process.pid}h${number}`;
    const subnet = `10.213.${(process.pid + number) % 250}`;
    this.serverAddress = `${subnet}.1`;
    const outside = `v${process.pid}h${number}`;
    ip("netns", "add", this.#name);
    ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", this.#name);
    ip("address", "add", `${this.serverAddress}/24`, "dev", outside);
    ip("link", "set", outside, "up");
    ip("-n", this.#name, "address", "add", `${subnet}.2/24`, "dev", "eth0");
    ip("-n", this.#name, "link", "set", "eth0", "up");
    ip("-n", this.#name, "link", "set", "lo", "up");
  }

  /** Starts queuectl on it, in the background. */
  start(box: Program, ...words: string[]): void {
    const shell = ["sh", "-c", `hostname ${this.#name}; "$@"; exit $?`, "sh", process.execPath, PROGRAM, ...words];
    const child = spawn("ip", ["netns", "exec", this.#name, ...UNSHARE, ...shell], {
      cwd: box.folder,
      env: box.env,
      stdio: "ignore",
    });
    this.#running.push(child);
  }

  /** No packet reaches the server any more, and no process is told. */
  cut(): void {
    const nowhere = ["lladdr", "02:00:00:00:00:99", "dev", "eth0", "nud", "permanent"];
    ip("-n", this.#name, "neigh", "replace", this.serverAddress, ...nowhere);
  }

  heal(): void {
    ip("-n", this.#name, "neigh", "delete", this.serverAddress, "dev", "eth0");
  }

  /** All of its processes at once, as when the power is cut. */
  async kill(): Promise<void> {
    for (const child of this.#running.splice(0)) {
      const exited = child.exitCode !== null || child.signalCode !== null || once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    }
  }

  async remove(): Promise<void> {
    await this.kill();
    ip("netns", "delete", this.#name);
  }
}
