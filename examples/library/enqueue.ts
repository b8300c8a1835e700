/**
 * The queue from a program: enqueues jobs through the library, lets a worker run them, and reads the results back.
 *
 *   npx tsx examples/library/enqueue.ts              (Node 22.18 and later run it without tsx)
 */
import { Client, ConflictError, type JobSpec } from "queuectl";
// @ts-expect-error: plain JavaScript, shared by the examples
import { check, inTemporaryHome } from "../queuectl.js";

type Run = (...words: string[]) => void;

await inTemporaryHome(async (queuectl: Run, _folder: string, env: NodeJS.ProcessEnv) => {
  const client = await Client.open({ home: env.QUEUECTL_HOME });
  try {
    const words = ["durable", "jobs", "from", "a", "program"];
    const specs: JobSpec[] = words.map((word, i) => ({
      id: `word-${i}`,
      // A list runs without a shell: nothing in it needs quoting.
      command: ["printf", "%s has %d letters", word, String(word.length)],
      queue: "words",
      priority: i,
    }));
    for (const spec of specs) console.log(`enqueued ${(await client.jobs.enqueue(spec)).id}`);

    const again = await client.jobs.enqueue({ id: "word-0", command: "true" }).catch((error: unknown) => error);
    check("an id that exists is refused", again instanceof ConflictError);

    queuectl("worker", "start", "--drain", "--queue", "words");

    for (const job of await client.jobs.list({ queue: "words" })) {
      const [attempt] = await client.jobs.attempts(job.id);
      const output = attempt && (await client.jobs.output(attempt));
      console.log(`${job.id} ${job.state}: ${output?.stdout.text.toString()}`);
    }
    const { jobs } = await client.status();
    check("all of them completed", jobs.completed === words.length);
    const order = (await client.jobs.list({ queue: "words" })).sort(
      (a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0) || a.fence - b.fence,
    );
    check("the highest priority ran first", order[0]?.priority === words.length - 1);
  } finally {
    await client.close();
  }
});
