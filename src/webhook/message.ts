/** What a webhook says: a JSON text that is the same at every attempt, made of what the hook was told about its job. */
import { WEBHOOK_URL } from "../core/hook/webhook.js";

export interface Message {
  readonly url: string;
  /** Of the delivery, for the receiver to tell a repetition from news: the hook's job. */
  readonly id: string;
  readonly event: string;
  /** The queue of the job that it is about. */
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

/** As `webhook test` sends it. */
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
