/**
 * The floor of the store: the same tables and the same durability, each transaction with as few statements as it takes to
 * leave the same rows. No configuration, no priorities between queues, no cancellation, no reason for anything.
 */
const BEGIN = "BEGIN IMMEDIATE";

export class BareStore {
  #fence = 0;

  constructor(sql) {
    sql.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    this.run = {
      begin: sql.prepare(BEGIN),
      commit: sql.prepare("COMMIT"),
      insert: sql.prepare(`
        INSERT INTO jobs (state, created_at, updated_at, run_at, id, command, queue, priority, cwd, env, tags)
        VALUES ('pending', @now, @now, @now, @id, @command, 'default', 0, @cwd, '{}', '[]')`),
      due: sql.prepare(`
        SELECT seq FROM jobs INDEXED BY jobs_due
        WHERE state IN ('pending', 'failed') AND parked = 0 AND queue = 'default' AND priority = 0 AND run_at <= @now
        ORDER BY run_at, seq LIMIT @limit`),
      take: sql.prepare(`
        UPDATE jobs SET state = 'processing', attempts = attempts + 1, runs = runs + 1, worker_id = 'w', fence = @fence,
          lease_expires_at = @now + 15000, lease_ms = 15000, started_at = @now, updated_at = @now
        WHERE seq = @seq RETURNING *`),
      beginAttempt: sql.prepare(`
        INSERT INTO attempts (fence, job_id, attempt, worker_id, started_at) VALUES (@fence, @id, @runs, 'w', @now)`),
      complete: sql.prepare(`
        UPDATE jobs SET state = 'completed', finished_at = @now, updated_at = @now, exit_code = 0, lease_expires_at = NULL, lease_ms = NULL
        WHERE id = @id AND state = 'processing' AND fence = @fence`),
      endAttempt: sql.prepare(`
        UPDATE attempts SET finished_at = @now, outcome = 'succeeded', exit_code = 0, pid = 4711, stdout = x'', stderr = x''
        WHERE fence = @fence`),
    };
  }

  insert({ id, command, cwd }) {
    this.run.begin.run();
    this.run.insert.run({ id, command: JSON.stringify(command), cwd, now: Date.now() });
    this.run.commit.run();
  }

  /** Settles these jobs and claims as many as `limit`. */
  turn(held, limit) {
    this.run.begin.run();
    const now = Date.now();
    for (const { id, fence } of held) {
      if (this.run.complete.run({ id, fence, now }).changes === 1) this.run.endAttempt.run({ fence, now });
    }
    const claimed = this.run.due.all({ now, limit }).map(({ seq }) => {
      const job = this.run.take.get({ seq, fence: ++this.#fence, now });
      this.run.beginAttempt.run({ fence: job.fence, id: job.id, runs: job.runs, now });
      return job;
    });
    this.run.commit.run();
    return claimed;
  }
}
