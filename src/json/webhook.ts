/** What became of a webhook that was sent to try it, as JSON shows it. */

export interface TriedWebhook {
  readonly url: string;
  readonly ok: boolean;
  /** The status of the answer. Null: there was none. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly signed: boolean;
  /** What the receiver said, or why it could not be reached. */
  readonly text: string;
}

export function triedWebhookToJson({ url, ok, status, durationMs, signed, text }: TriedWebhook) {
  return { url, ok, status, duration_ms: durationMs, signed, error: ok ? null : text };
}
