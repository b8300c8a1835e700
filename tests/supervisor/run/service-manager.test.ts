import { expect, it } from "vitest";
import { UnusableError } from "../../../src/core/errors.js";
import { refuseToDetach, serviceManager } from "../../../supervisor/run/service-manager.js";

const self = { pid: 200, ppid: 100 };

it.each([
  ["a person's shell", {}, null],
  ["a terminal of a desktop session", { INVOCATION_ID: "d0c1", SYSTEMD_EXEC_PID: "7", MANAGERPID: "6" }, null],
  ["a unit of Type=notify", { NOTIFY_SOCKET: "/run/systemd/notify" }, "systemd"],
  ["a unit's ExecStart", { SYSTEMD_EXEC_PID: "200" }, "systemd"],
  ["a shell that is a unit's ExecStart", { SYSTEMD_EXEC_PID: "100" }, "systemd"],
  ["pm2", { pm_id: "0" }, "pm2"],
] as const)("knows %s", (_, env, manager) => {
  expect(serviceManager(env, self)).toBe(manager);
});

it("refuses to detach under one, saying what to do instead", () => {
  expect(() => refuseToDetach({}, self)).not.toThrow();
  expect(() => refuseToDetach({ pm_id: "3" }, self)).toThrow(UnusableError);
  expect(() => refuseToDetach({ NOTIFY_SOCKET: "@x" }, self)).toThrow("under systemd");
});
