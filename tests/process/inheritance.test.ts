/** What supervisor, workers and jobs have of the process that started them, through the built command line. */
import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { limitsOf } from "../../src/system/process/limits.js";
import { Background } from "../support/background.js";
import { PROGRAM } from "../support/program.js";
import { Sandbox } from "../support/sandbox.js";
import { waitFor } from "../support/wait-for.js";

let box: Sandbox;
beforeEach(() => {
  box = new Sandbox();
});
afterEach(() => box.dispose());

/** Below and above the gap up to which Node closes them. */
const GIVEN = [5, 17, 200];

/** Starts workers with descriptors of a file open, besides the standard streams. */
function startWithDescriptors(path: string, ...flags: string[]) {
  const file = openSync(path, "w");
  const stdio = Array.from({ length: 201 }, (_, fd) => (fd <= 2 ? "pipe" : GIVEN.includes(fd) ? file : "ignore"));
  const words = [PROGRAM, "worker", "start", ...flags];
  const child = spawn(process.execPath, words, { cwd: box.folder, env: box.env, stdio: stdio as "pipe"[] });
  closeSync(file);
  return new Background(child);
}

/** The supervisor, its keeper if it has one, its workers and their launchers. */
function processesOf(supervisor: number): number[] {
  const isOurs = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("queuectl");
  const parent = Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${supervisor}/status`, "utf8"))?.[1]);
  const keeper = readFileSync(`/proc/${parent}/cmdline`, "latin1").includes("queuectl-keeper") ? [parent] : [];
  return [...keeper, supervisor, ...descendants(supervisor)].filter(isOurs);
}

function descendants(pid: number): number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const children = tasks.flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" "));
  return children.filter(Boolean).flatMap((child) => [Number(child), ...descendants(Number(child))]);
}

const targets = (pid: number) =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return [];
    }
  });

async function supervisorPid(): Promise<number> {
  return (await box.json<{ supervisor: { pid: number } }>("status")).supervisor.pid;
}

describe.runIf(existsSync("/proc/self/fdinfo"))("what the starter has is in no process of ours", () => {
  // Node marks descriptors close-on-exec when it starts, so the keeper of a start in the background gets none of these
  // from the command, which ends. Only the foreground shows that a process closes the marked ones itself.
  it.each([
    ["in the background", ["--detach"]],
    ["in the foreground", []],
  ])("%s: a descriptor above stderr, or the directory", async (_, flags) => {
    const path = box.file("given");
    const starter = startWithDescriptors(path, ...flags);
    await starter.says("stdout", "started");
    await box.ok("enqueue", "--id", "fds", "--", "ls", "/proc/self/fd");
    const { stdout } = await box.reaches("fds", "completed");
    const processes = processesOf(await supervisorPid());
    expect(processes.length).toBeGreaterThanOrEqual(3);
    for (const pid of processes) {
      expect(targets(pid), `process ${pid}`).not.toContain(path);
      expect([realpathSync(box.home), "/"]).toContain(readlinkSync(`/proc/${pid}/cwd`));
    }
    // One of them is the directory that is being listed.
    expect(stdout.split("\n").filter(Boolean)).toEqual(["0", "1", "2", "3"]);
    await box.ok("worker", "stop");
    if (flags.length === 0) await starter.exited;
  });
});

describe.runIf(existsSync("/proc/self/limits"))("a limit of the starter", () => {
  it("of open files is the job's, although Node raises its own", async () => {
    // The command behind it keeps the shell from becoming ours.
    const started = await box.shell("ulimit -Sn 512; $QUEUECTL worker start --detach; echo ended");
    expect(started).toMatchObject({ code: 0, stderr: "" });
    await box.ok("enqueue", "--id", "soft", "--command", "ulimit -Sn; ulimit -Hn");
    const [soft, hard] = (await box.reaches("soft", "completed")).stdout.split("\n");
    expect(soft).toBe("512");
    expect(hard).toBe(String(limitsOf("self").get("Max open files")?.hard));
    // The keeper's next supervisor passes it on as well.
    const pid = await supervisorPid();
    process.kill(pid, "SIGKILL");
    await waitFor("the next supervisor", async () => ![0, pid].includes(await supervisorPid().catch(() => 0)));
    await box.ok("enqueue", "--id", "again", "--command", "ulimit -Sn");
    expect((await box.reaches("again", "completed")).stdout).toBe("512\n");
  });

  it.each([
    ["-f 8", /^the size of a file is limited to \d KiB here \(ulimit -f\), and the database needs \d+ KiB;/],
    ["-v 1000000", /^the address space is limited to 1000000 KiB here \(ulimit -v\), and Node.js needs \d+ KiB;/],
    ["-n 36", /^the number of open files is limited to 36 here \(ulimit -n\), and 1 worker\(s\) .* need 40;/],
  ])("under which no supervisor can work is named at once: ulimit %s", async (limit, message) => {
    const { code, stdout, stderr } = await box.shell(`ulimit ${limit}; exec $QUEUECTL worker start --detach`);
    expect({ code, stdout }).toEqual({ code: 78, stdout: "" });
    expect(stderr.replace("queuectl: error: ", "")).toMatch(message);
  });
});

it("the directory has the name that the shell had for it, and a link in it is followed when the job starts", async () => {
  for (const name of ["one", "two"]) mkdirSync(box.file(name));
  symlinkSync("one", box.file("current"));
  const where = "pwd; pwd -P; echo $PWD";
  await box.shell(`cd current && $QUEUECTL enqueue --id a --command '${where}'`);
  await box.shell(`cd current && PWD=$PWD/../one $QUEUECTL enqueue --id b --command '${where}'`);
  await box.shell(`cd current && PWD=/ $QUEUECTL enqueue --id c -- printenv PWD`);
  rmSync(box.file("current"));
  symlinkSync("two", box.file("current"));
  await box.ok("worker", "start", "--drain");
  const [link, one, two] = ["current", "one", "two"].map((name) => join(realpathSync(box.folder), name));
  expect((await box.show("a")).stdout).toBe(`${link}\n${two}\n${link}\n`);
  expect((await box.show("b")).stdout).toBe(`${one}\n${one}\n${one}\n`);
  expect((await box.show("c")).stdout).toBe(`${one}\n`);
});

it("a variable of any name reaches jobs through keeper and launcher, also after a kill of the supervisor", async () => {
  const names = { "server.port": "8080", "BASH_FUNC_f%%": "() { echo inherited; }" };
  const started = await box.run(["worker", "start", "--detach"], { env: names });
  expect(started).toMatchObject({ code: 0 });
  const pid = await supervisorPid();
  process.kill(pid, "SIGKILL");
  await waitFor("the next supervisor", async () => ![0, pid].includes(await supervisorPid().catch(() => 0)));
  await box.ok("enqueue", "--id", "env", "--env", "my.own=a b", "--", "env", "-0");
  const all = (await box.reaches("env", "completed")).stdout.split("\0");
  for (const [name, value] of Object.entries({ ...names, "my.own": "a b" })) expect(all).toContain(`${name}=${value}`);
  expect(all.filter((text) => /^QUEUECTL_(ENCODED|DETACHED|FILE_LIMIT)/.test(text))).toEqual([]);
});

it("a file of ours is private, whatever the umask of the job, and whichever process makes it anew", async () => {
  const started = await box.shell("umask 002; $QUEUECTL worker start --detach");
  expect(started).toMatchObject({ code: 0 });
  const log = join(box.home, "logs", "supervisor.log");
  rmSync(log);
  const pid = await supervisorPid();
  process.kill(pid, "SIGKILL");
  await waitFor("the next supervisor", async () => ![0, pid].includes(await supervisorPid().catch(() => 0)));
  expect(statSync(log).mode & 0o777).toBe(0o600);
  const write = 'umask; echo 1 >"$QUEUECTL_RESULT_FILE"; umask 0; echo no >"$QUEUECTL_ERROR_FILE"';
  const command = `${write}; ls -l "$QUEUECTL_RESULT_FILE" "$QUEUECTL_ERROR_FILE" | cut -c1-10`;
  await box.ok("enqueue", "--id", "files", "--command", command);
  const { stdout } = await box.reaches("files", "completed");
  // Without ACLs the umask of the job holds inside of the directory, which is private itself.
  const mode = process.platform === "linux" ? ["-rw-------", "-rw-------"] : ["-rw-rw-r--", "-rw-rw-rw-"];
  expect(stdout.trim().split("\n")).toEqual(["0002", ...mode]);
  expect(await box.show("files")).toMatchObject({ result: 1 });
});
