/**
 * Finds out what started us: systemd, pm2 or a user. A service manager watches the process that it started, so that
 * process has to be the supervisor itself. A detached process counts as ended, or is killed with the original one.
 *
 * systemd is known by its notify socket, or by SYSTEMD_EXEC_PID, which names the process that it executed: us, or a
 * shell that runs us. INVOCATION_ID proves nothing, since every terminal of a desktop session inherits one. pm2 gives
 * its processes a number, `pm_id`.
 */
import { UnusableError } from "../../src/core/errors.js";

export type ServiceManager = "systemd" | "pm2";

interface Self {
  readonly pid: number;
  readonly ppid: number;
}

export function serviceManager(env: NodeJS.ProcessEnv, self: Self = process): ServiceManager | null {
  if (env.NOTIFY_SOCKET || executedBySystemd(env, self)) return "systemd";
  return env.pm_id === undefined ? null : "pm2";
}

function executedBySystemd({ SYSTEMD_EXEC_PID: executed }: NodeJS.ProcessEnv, { pid, ppid }: Self): boolean {
  return executed !== undefined && [pid, ppid].includes(Number(executed));
}

const INSTEAD = {
  systemd: "leave out --detach, as examples/systemd/queuectl.service does; if this is no service, unset NOTIFY_SOCKET",
  pm2: "leave out --detach, as examples/pm2/ecosystem.config.cjs does",
} as const satisfies Record<ServiceManager, string>;

/** @throws UnusableError if a service manager started us */
export function refuseToDetach(env: NodeJS.ProcessEnv, self: Self = process): void {
  const manager = serviceManager(env, self);
  if (manager === null) return;
  throw new UnusableError(
    `--detach cannot be used under ${manager}, which has to watch the supervisor itself`,
    INSTEAD[manager],
  );
}
