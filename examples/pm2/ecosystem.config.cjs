/**
 * queuectl under pm2:
 *
 *   pm2 start ecosystem.config.cjs && pm2 save
 *
 * QUEUECTL names the program, where it is not on the path; QUEUECTL_HOME the home, COUNT how many workers.
 */
const GRACE_SECONDS = 30;

module.exports = {
  apps: [
    {
      name: "queuectl",
      script: process.env.QUEUECTL || "queuectl",
      // Not through pm2's own container for Node programs: the process that pm2 watches is the supervisor itself.
      interpreter: "none",
      args: ["worker", "start", "--count", process.env.COUNT || "2", "--grace", `${GRACE_SECONDS}s`],
      // One supervisor is enough: it makes as many workers as it is told. More instances would be more pools.
      instances: 1,
      exec_mode: "fork",

      // pm2 would signal the jobs as well. The supervisor is told, and ends them in order.
      treekill: false,
      // The grace, what interrupted jobs get between TERM and KILL, and some air. By default pm2 kills after 1.6 s.
      kill_timeout: (GRACE_SECONDS + 15) * 1000,

      // `pm2 start` returns when all workers are ready. By default pm2 stops waiting after 3 s.
      wait_ready: true,
      listen_timeout: 60_000,

      // Not started again: jobs were interrupted by a stop (75), it cannot work as it is configured (78). Not 0: pm2 takes
      // a process that was killed by a signal for one that left with 0, and a killed supervisor has to come back.
      stop_exit_codes: [75, 78],
      exp_backoff_restart_delay: 100,
    },
  ],
};
