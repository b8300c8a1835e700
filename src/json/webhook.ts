/** The result of a test webhook as JSON. */

export interface TriedWebhook {
  readonly url: string;
  readonly ok: boolean;
  /** Status of the answer. Null: there was none. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly signed: boolean;
  /** The receiver's answer, or why it could not be reached. */
  readonly text: string;
}

export function triedWebhookToJson({ url, ok, status, durationMs, signed, text }: TriedWebhook) {
  return { url, ok, status, duration_ms: durationMs, signed, error: ok ? null : text };
}
