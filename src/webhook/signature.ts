/**
 * The signature of a webhook: HMAC-SHA256 over the time and the body, so that an eavesdropper cannot replay an old
 * message. `v1` names the scheme; a receiver ignores schemes that it does not know.
 */
import { createHmac } from "node:crypto";

/** @param now milliseconds */
export function signature(secret: string, body: string, now: number): string {
  const seconds = Math.floor(now / 1000);
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}
