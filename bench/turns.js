/** What a worker with four slots does to the store while it runs `count` jobs that wait: jobs per second. */
const SLOTS = 4;
const STREAM = { bytes: 0, text: Buffer.alloc(0), place: { kind: "row" } };

export async function turns({ store }, count) {
  const { leases } = store;
  const request = { workerId: "bench", queues: null, limit: SLOTS, leaseMs: 15_000 };
  const began = performance.now();
  let { jobs } = await leases.claim(request);
  for (let done = 0; done < count; ) {
    const { settled, claim } = await leases.settleAndClaim(jobs.map(settlement), request);
    if (jobs.length === 0 || settled.includes(false)) throw new Error("a claim or a settlement was refused");
    done += jobs.length;
    jobs = claim.jobs;
  }
  return (count / (performance.now() - began)) * 1000;
}

export function settlement({ id, fence }) {
  return {
    jobId: id,
    fence,
    outcome: { kind: "succeeded" },
    decision: { event: "complete", delayMs: 0 },
    pid: 4711,
    output: { stdout: STREAM, stderr: STREAM, host: null },
  };
}
