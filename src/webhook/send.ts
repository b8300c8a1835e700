/** One attempt to deliver a webhook: a POST that is not redirected and not waited for longer than ten seconds. */
import { ANSWER_MS } from "../core/webhook.js";
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
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const { status } = response;
    const text = `the receiver answered ${status}${response.statusText && ` ${response.statusText}`}`;
    if (response.ok) {
      // It has said all that it is asked. What it says besides may be slow, cut short or not what its headers promise.
      response.body?.cancel().catch(() => {});
      return answer("accepted", status, text);
    }
    const said = await beginningOf(response);
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

/** No more of it is read: whoever receives may be anybody. What cannot be read is not worth more than what came before it. */
async function beginningOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= SHOWN_BYTES) break;
    }
  } catch {
    // The status is known all the same.
  }
  return Buffer.concat(chunks).subarray(0, SHOWN_BYTES).toString().replace(/\s+/g, " ").trim();
}

function explain(error: Error): string {
  if (error.name === "TimeoutError") return `no answer within ${ANSWER_MS / 1000} s`;
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  const what = cause?.message || cause?.code || error.message;
  if (cause?.code?.startsWith("HPE_")) return `the receiver's answer is not HTTP: ${what}`;
  if (CUT_OFF.includes(cause?.code ?? "")) return `the receiver ended the connection without an answer: ${what}`;
  return `the receiver cannot be reached: ${what}`;
}

/** There was a connection. */
const CUT_OFF = ["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"];
