/**
 * Output of many hosts: a stream too large for its row, in chunks of a table of their own. Each chunk is written and read
 * by a statement of its own, so that no process has a whole stream in memory, and renewals of leases come in between.
 */
import { type RawBuilder, sql } from "kysely";
import { CHUNK_BYTES, type OutputChunks, type StreamName } from "../contract/store.js";
import type { Connection } from "../shared/connection.js";
import { columnsOf } from "../shared/output.js";
import type { OutputColumns } from "../shared/statements/settle.js";
import type { Work } from "../shared/work.js";
import { statement } from "./statement.js";

/** Rows that one search for orphans looks at. It reads the key only. */
const PAGE_ROWS = 20_000;
/** A worker that was the last to learn of its attempt's end stores the chunks first, and attaches them then. */
const LATE_MS = 600_000;

interface Key {
  fence: number;
  stream: StreamName;
  number: number;
}

const put = statement<Key & { bytes: Buffer }>(
  (p) => sql`
  INSERT INTO output_chunks (fence, stream, number, bytes)
  VALUES (${p("fence")}, ${p("stream")}, ${p("number")}, ${p("bytes")})
  ON CONFLICT (fence, stream, number) DO UPDATE SET bytes = excluded.bytes`,
);

const get = statement<Key, { bytes: Buffer }>(
  (p) => sql`
  SELECT bytes FROM output_chunks
  WHERE fence = ${p("fence")} AND stream = ${p("stream")} AND number = ${p("number")}`,
);

const awaited = statement<{ fences: readonly number[] }, { fence: number }>(
  (p) => sql`SELECT fence FROM attempts WHERE fence = ANY (${p("fences")}) AND output_host IS NOT NULL`,
);

/** Whether the stream has no chunks, or all of them are there. The length of a value is known without reading it. */
const isWhole = (stream: StreamName, fence: RawBuilder<unknown>, size: RawBuilder<unknown>) => sql`(
  ${size} IS NULL OR ${size} = (
    SELECT sum(octet_length(bytes)) FROM output_chunks
    WHERE fence = ${fence} AND stream = ${sql.lit(stream)} AND number * ${sql.lit(CHUNK_BYTES)} < ${size}))`;

const attach = statement<OutputColumns & { fence: number }>(
  (p) => sql`
  UPDATE attempts SET output_host = NULL,
    stdout = ${p("stdout")}, stdout_bytes = ${p("stdoutBytes")}, stdout_size = ${p("stdoutSize")},
    stderr = ${p("stderr")}, stderr_bytes = ${p("stderrBytes")}, stderr_size = ${p("stderrSize")}
  WHERE fence = ${p("fence")} AND output_host IS NOT NULL
    AND ${isWhole("stdout", p("fence"), p("stdoutSize"))} AND ${isWhole("stderr", p("fence"), p("stderrSize"))}`,
);

/** Forgets other readers whose time is over. */
const watch = statement<{ fence: number; until: number; now: number }>(
  (p) => sql`
  WITH gone AS (DELETE FROM output_watchers WHERE until < ${p("now")} AND fence <> ${p("fence")})
  INSERT INTO output_watchers (fence, until) VALUES (${p("fence")}, ${p("until")})
  ON CONFLICT (fence) DO UPDATE SET until = greatest(output_watchers.until, excluded.until)`,
);

const watched = statement<{ fences: readonly number[]; now: number }, { fence: number }>(
  (p) => sql`SELECT fence FROM output_watchers WHERE fence = ANY (${p("fences")}) AND until > ${p("now")}`,
);

const grown = statement<{ fence: number; stdoutSize: number | null; stderrSize: number | null }>(
  (p) => sql`
  UPDATE attempts SET stdout_size = ${p("stdoutSize")}, stderr_size = ${p("stderrSize")}
  WHERE fence = ${p("fence")} AND outcome IS NULL`,
);

/** Its last fence, from which the next page goes on; null: there is no row. */
const deleteOrphansOfPage = statement<
  { after: number; limit: number; finishedBefore: number },
  { last: number | null; deleted: number }
>(
  (p) => sql`
  WITH page AS (
    SELECT fence, stream FROM output_chunks WHERE fence > ${p("after")} ORDER BY fence LIMIT ${p("limit")}),
  orphans AS (
    SELECT DISTINCT page.fence, page.stream FROM page LEFT JOIN attempts ON attempts.fence = page.fence
    WHERE attempts.fence IS NULL OR attempts.finished_at < ${p("finishedBefore")}
      AND CASE page.stream WHEN 'stdout' THEN stdout_size ELSE stderr_size END IS NULL),
  gone AS (
    DELETE FROM output_chunks AS chunk USING orphans
    WHERE chunk.fence = orphans.fence AND chunk.stream = orphans.stream RETURNING chunk.number)
  SELECT max(fence) AS last, (SELECT count(*) FROM gone) AS deleted FROM page`,
);

export function outputChunks(connection: Connection): OutputChunks {
  return {
    async put(key, bytes) {
      await connection.run(put.run({ ...key, bytes }));
    },

    async get(key) {
      return (await connection.run(get.first(key)))?.bytes ?? null;
    },

    async awaited(fences) {
      return (await connection.run(awaited.all({ fences }))).map((row) => row.fence);
    },

    attach: (fence, output) =>
      connection.write(function* () {
        return (yield* attach.run({ ...columnsOf(output), fence })) > 0;
      }),

    async watch(fence, ms) {
      const now = connection.clock.now();
      await connection.run(watch.run({ fence, until: now + ms, now }));
    },

    async watched(fences) {
      const rows = await connection.run(watched.all({ fences, now: connection.clock.now() }));
      return rows.map((row) => row.fence);
    },

    async grown(fence, { stdout, stderr }) {
      await connection.run(grown.run({ fence, stdoutSize: stdout || null, stderrSize: stderr || null }));
    },

    async deleteOrphans() {
      let count = 0;
      for (let after: number | null = 0; after !== null; ) {
        const page = await connection.write(({ now }) => orphansAfter(after ?? 0, now));
        count += page.deleted;
        after = page.last;
      }
      return count;
    },
  };
}

function orphansAfter(after: number, now: number): Work<{ last: number | null; deleted: number }> {
  return deleteOrphansOfPage.one({ after, limit: PAGE_ROWS, finishedBefore: now - LATE_MS });
}
