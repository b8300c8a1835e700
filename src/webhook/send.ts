/** One attempt to deliver a webhook: a POST that is not redirected and not waited for longer than ten seconds. */
import type { Message } from "./message.js";
import { signature } from "./signature.js";

export interface Answer {
  readonly kind: "accepted" | "refused" | "failed";
  /** Null: there was no answer. */
  readonly status: number | null;
  /** One line. */
  readonly text: string;
  readonly durationMs: number;
}

const TIMEOUT_MS = 10_000;
/** Of the answer's body, for the log. */
const SHOWN_BYTES = 1000;
/** What the receiver may mean by it passes: too slow, too many. */
const PASSING = [408, 429];

/** Never rejects. */
export async function send(message: Message, secret: string | null): Promise<Answer> {
  const began = performance.now();
  const answer = (kind: Answer["kind"], status: number | null, text: string): Answer => ({
    ...{ kind, status, text },
    durationMs: Math.round(performance.now() - began),
  });
  try {
    const response = await fetch(message.url, {
      method: "POST",
      headers: headersOf(message, secret),
      body: message.body,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { status } = response;
    const text = `the receiver answered ${status}${response.statusText && ` ${response.statusText}`}`;
    const said = await beginningOf(response);
    if (response.ok) return answer("accepted", status, text);
    const refused = status >= 400 && status < 500 && !PASSING.includes(status);
    return answer(refused ? "refused" : "failed", status, said === "" ? text : `${text}: ${said}`);
  } catch (error) {
    return answer("failed", null, explain(error as Error));
  }
}

function headersOf({ id, event, body }: Message, secret: string | null): Record<string, string> {
  return {
    "content-type": "application/json",
    "user-agent": "queuectl",
    "idempotency-key": id,
    "x-queuectl-event": event,
    "x-queuectl-delivery": id,
    ...(secret === null ? {} : { "x-queuectl-signature": signature(secret, body, Date.now()) }),
  };
}

/** No more of it is read: whoever receives may be anybody. */
async function beginningOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= SHOWN_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, SHOWN_BYTES).toString().replace(/\s+/g, " ").trim();
}

function explain(error: Error): string {
  if (error.name === "TimeoutError") return `no answer within ${TIMEOUT_MS / 1000} s`;
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return `the receiver cannot be reached: ${cause?.message || cause?.code || error.message}`;
}
