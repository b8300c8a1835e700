/**
 * Hooks. The trigger turns each into a job, in the transaction in which a job completes, fails or dies, whoever ends it: a
 * worker, the reaper, the end of a job that it waited for. So there is no crash after which a hook is missing.
 *
 * A list of hooks is that of `src/core/hook/hook.ts`: on, command, max_retries, cwd, env, options. What happened is told in the
 * environment, cut to what a process can be given; the command is stored as it is. The priority is one more than the job's, so
 * that news of a job does not wait behind all the jobs that are like it. In jobs, the condition reads only what is nearly
 * always NULL; and it is asked only of the statements that say whether the job has ended, which a claim does not.
 */
import { type Kysely, sql } from "kysely";

/** The command as one would type it. */
const COMMAND_TEXT = `(
  SELECT group_concat(
    CASE WHEN json_type(new.command) = 'text' OR (value <> '' AND value NOT GLOB '*[^A-Za-z0-9_@%+=:,./-]*') THEN value
      ELSE '''' || replace(value, '''', '''\\''''') || '''' END, ' ')
  FROM json_each(new.command))`;

const isoTime = (ms: string) => `coalesce(strftime('%Y-%m-%dT%H:%M:%fZ', ${ms} / 1000.0, 'unixepoch'), '')`;

const STATEMENTS = [
  `ALTER TABLE queues ADD COLUMN hooks TEXT CHECK (json_valid(hooks) AND json_type(hooks) = 'array')`,
  `ALTER TABLE queues ADD COLUMN webhook_secret TEXT CHECK (webhook_secret <> '')`,
  `CREATE TRIGGER jobs_hooks AFTER UPDATE OF finished_at ON jobs
    WHEN new.state IN ('completed', 'failed', 'dead') AND old.state <> new.state AND new.queue <> '_hooks'
      AND (json_extract(new.options, '$.hooks') IS NOT NULL
        OR EXISTS (SELECT 1 FROM queues WHERE name = new.queue AND hooks IS NOT NULL))
  BEGIN
    INSERT INTO jobs (id, command, state, queue, priority, max_retries, cwd, env, tags, run_at, created_at, updated_at, options)
    SELECT lower(hex(randomblob(6))), hook.value -> '$.command', 'pending', '_hooks', new.priority + 1,
      hook.value ->> '$.max_retries', coalesce(hook.value ->> '$.cwd', new.cwd),
      json_patch(
        json_object(
          'QUEUECTL_HOOK', new.state,
          'QUEUECTL_HOOK_JOB_ID', new.id,
          'QUEUECTL_HOOK_QUEUE', new.queue,
          'QUEUECTL_HOOK_STATE', new.state,
          'QUEUECTL_HOOK_ATTEMPT', cast(new.runs AS TEXT),
          'QUEUECTL_HOOK_ATTEMPTS', cast(new.attempts AS TEXT),
          'QUEUECTL_HOOK_EXIT_CODE', coalesce(cast(new.exit_code AS TEXT), ''),
          'QUEUECTL_HOOK_SIGNAL', coalesce(new.signal, ''),
          'QUEUECTL_HOOK_ERROR', substr(coalesce(new.last_error, ''), 1, 4096),
          'QUEUECTL_HOOK_COMMAND', substr(${COMMAND_TEXT}, 1, 4096),
          'QUEUECTL_HOOK_TAGS', (SELECT substr(coalesce(group_concat(value, ','), ''), 1, 4096) FROM json_each(new.tags)),
          'QUEUECTL_HOOK_STARTED_AT', ${isoTime("new.started_at")},
          'QUEUECTL_HOOK_FINISHED_AT', ${isoTime("new.updated_at")}),
        coalesce(hook.value -> '$.env', '{}')),
      '[]', new.updated_at, new.updated_at, new.updated_at, hook.value -> '$.options'
    FROM (
        SELECT new.options -> '$.hooks' AS hooks
        UNION ALL
        SELECT hooks FROM queues WHERE name = new.queue) AS source,
      json_each(source.hooks) AS hook
    WHERE new.state IN (SELECT value FROM json_each(hook.value, '$.on'));
  END`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
