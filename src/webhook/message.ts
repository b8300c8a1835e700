/** The message of a webhook: a JSON text, the same at every attempt, made of the hook's environment. */
import { WEBHOOK_URL } from "../core/hook/webhook.js";

export interface Message {
  readonly url: string;
  /** Id of the delivery, which is the hook's job. It tells a repetition from news. */
  readonly id: string;
  readonly event: string;
  /** Queue of the job that the message is about. */
  readonly queue: string;
  readonly body: string;
}

/** Null: this is not the environment of a webhook. */
export function messageFrom(env: NodeJS.ProcessEnv): Message | null {
  const { [WEBHOOK_URL]: url, QUEUECTL_HOOK: event, QUEUECTL_JOB_ID: id } = env;
  if (!url || !event || !id) return null;
  const told = (name: string) => env[`QUEUECTL_HOOK_${name}`] || null;
  const number = (name: string) => (told(name) === null ? null : Number(told(name)));
  const job = {
    id: told("JOB_ID"),
    command: told("COMMAND"),
    state: told("STATE"),
    queue: told("QUEUE"),
    attempts: number("ATTEMPTS"),
    exit_code: number("EXIT_CODE"),
    signal: told("SIGNAL"),
    last_error: told("ERROR"),
    started_at: told("STARTED_AT"),
    finished_at: told("FINISHED_AT"),
    tags: told("TAGS")?.split(",") ?? [],
  };
  return { url, id, event, queue: job.queue ?? "", body: bodyOf(event, id, job.finished_at, job) };
}

/** The message of `webhook test`. */
export function testMessage(url: string, id: string, queue: string, now: string): Message {
  const job = {
    id: "test",
    command: "true",
    state: "completed",
    queue,
    attempts: 1,
    exit_code: 0,
    signal: null,
    last_error: null,
    started_at: now,
    finished_at: now,
    tags: [],
  };
  return { url, id, event: "test", queue, body: bodyOf("test", id, now, job) };
}

function bodyOf(event: string, deliveryId: string, occurredAt: string | null, job: object): string {
  return JSON.stringify({ event, delivery_id: deliveryId, occurred_at: occurredAt, job });
}
