/**
 * A hook may say how long it may take, and a limit key of its own: deliveries have both, see `src/core/hook/webhook.ts`. The trigger is
 * that of migration 0008 otherwise. One more than the job's priority has only what has no limit key: a delivery may have to wait
 * for its receiver, and must not outrank the work meanwhile.
 *
 * Deliveries that there are, as hooks or already as jobs, become like new ones.
 */
import { type Kysely, sql } from "kysely";

/** The command as one would type it. */
const COMMAND_TEXT = `(
  SELECT group_concat(
    CASE WHEN json_type(new.command) = 'text' OR (value <> '' AND value NOT GLOB '*[^A-Za-z0-9_@%+=:,./-]*') THEN value
      ELSE '''' || replace(value, '''', '''\\''''') || '''' END, ' ')
  FROM json_each(new.command))`;

const isoTime = (ms: string) => `coalesce(strftime('%Y-%m-%dT%H:%M:%fZ', ${ms} / 1000.0, 'unixepoch'), '')`;

/** Of a URL as it is stored: it ends before the first / after the host. */
const limitKey = (url: string) => `'_webhook:' || substr(${url}, 1, 7 + instr(substr(${url}, 9), '/'))`;

/** The list with its deliveries as they are now. */
const renewed = (hooks: string) => `(
  SELECT json_group_array(json(
    iif(value -> '$.env.QUEUECTL_HOOK_URL' IS NULL, value,
      json_set(value, '$.timeout_ms', 30000, '$.limit_key', ${limitKey("value ->> '$.env.QUEUECTL_HOOK_URL'")},
        '$.options.retry.noRetryOn', json('[76]')))))
  FROM json_each(${hooks}))`;

const STATEMENTS = [
  `DROP TRIGGER jobs_hooks`,
  `CREATE TRIGGER jobs_hooks AFTER UPDATE OF finished_at ON jobs
    WHEN new.state IN ('completed', 'failed', 'dead') AND old.state <> new.state AND new.queue <> '_hooks'
      AND (json_extract(new.options, '$.hooks') IS NOT NULL
        OR EXISTS (SELECT 1 FROM queues WHERE name = new.queue AND hooks IS NOT NULL))
  BEGIN
    INSERT INTO jobs (id, command, state, queue, priority, max_retries, timeout_ms, limit_key, limit_max, cwd, env, tags,
      run_at, created_at, updated_at, options)
    SELECT lower(hex(randomblob(6))), hook.value -> '$.command', 'pending', '_hooks',
      new.priority + (hook.value -> '$.limit_key' IS NULL), hook.value ->> '$.max_retries', hook.value ->> '$.timeout_ms',
      hook.value ->> '$.limit_key', iif(hook.value -> '$.limit_key' IS NULL, NULL, 1), coalesce(hook.value ->> '$.cwd', new.cwd),
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
  `UPDATE queues SET hooks = ${renewed("hooks")} WHERE hooks IS NOT NULL`,
  `UPDATE jobs SET options = json_set(options, '$.hooks', json(${renewed("options -> '$.hooks'")}))
    WHERE options -> '$.hooks' IS NOT NULL`,
  `UPDATE jobs SET priority = priority - 1, timeout_ms = 30000, limit_key = ${limitKey("env ->> '$.QUEUECTL_HOOK_URL'")}, limit_max = 1,
      options = '{"retry":{"noRetryOn":[76]}}'
    WHERE queue = '_hooks' AND env -> '$.QUEUECTL_HOOK_URL' IS NOT NULL`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
