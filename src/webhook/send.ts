/** One attempt to deliver a webhook: a POST without redirects, with a time limit of ten seconds. */
import type { IncomingMessage } from "node:http";
import { ANSWER_MS } from "../core/hook/webhook.js";
import type { Message } from "./message.js";
import { signature } from "./signature.js";

export interface Answer {
  readonly kind: "accepted" | "refused" | "failed";
  /** HTTP status. Null: there was no answer. */
  readonly status: number | null;
  /** One line. */
  readonly text: string;
  readonly durationMs: number;
}

/** Bytes of the answer's body that are logged. */
const SHOWN_BYTES = 1000;
/** 4xx statuses that may pass: too slow, too many. */
const PASSING = [408, 429];

/** Never rejects. */
export async function send(message: Message, secret: string | null): Promise<Answer> {
  const began = performance.now();
  const answer = (kind: Answer["kind"], status: number | null, text: string): Answer => ({
    ...{ kind, status, text },
    durationMs: Math.round(performance.now() - began),
  });
  const signal = AbortSignal.timeout(ANSWER_MS);
  try {
    const response = await post(new URL(message.url), headersOf(message, secret), message.body, signal);
    const { statusCode: status = 0, statusMessage } = response;
    const text = `the receiver answered ${status}${statusMessage && ` ${statusMessage}`}`;
    // A 2xx says all that is needed. Its body may be slow, or cut short.
    const accepted = status >= 200 && status < 300;
    const said = accepted ? "" : await beginningOf(response);
    response.destroy();
    if (accepted) return answer("accepted", status, text);
    const refused = status >= 400 && status < 500 && !PASSING.includes(status);
    return answer(refused ? "refused" : "failed", status, said === "" ? text : `${text}: ${said}`);
  } catch (error) {
    const late = `no answer within ${ANSWER_MS / 1000} s`;
    return answer("failed", null, signal.aborted ? late : explain(error as NodeJS.ErrnoException));
  }
}

/** `fetch` is not used: it sends nothing to some ports, and it waits for a body that we do not need. */
async function post(
  url: URL,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { request } = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: "POST", headers, signal, agent: false }, resolve);
    // An error after the answer changes nothing.
    sending.on("error", reject);
    sending.end(body);
  });
}

function headersOf({ id, event, body }: Message, secret: string | null): Record<string, string> {
  return {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    "user-agent": "queuectl",
    "idempotency-key": id,
    "x-queuectl-event": event,
    "x-queuectl-delivery": id,
    ...(secret === null ? {} : { "x-queuectl-signature": signature(secret, body, Date.now()) }),
  };
}

/**
 * Reads no more than the beginning, since a receiver may send without end. If reading fails, the earlier bytes are
 * used.
 */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= SHOWN_BYTES) break;
    }
  } catch {
    // The status is known all the same.
  }
  return Buffer.concat(chunks).subarray(0, SHOWN_BYTES).toString().replace(/\s+/g, " ").trim();
}

function explain(error: NodeJS.ErrnoException & { readonly errors?: readonly Error[] }): string {
  // For a host with several addresses, each has its own error.
  const what = error.message || error.errors?.[0]?.message || error.code;
  if (error.code?.startsWith("HPE_")) return `the receiver's answer is not HTTP: ${what}`;
  if (CUT_OFF.includes(error.code ?? "")) return `the receiver ended the connection without an answer: ${what}`;
  return `the receiver cannot be reached: ${what}`;
}

/** Codes of errors after the connection was made. */
const CUT_OFF = ["ECONNRESET", "EPIPE"];
