/** The doctor's findings as JSON. */

interface Check {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly hint?: string;
}

/** @param ok whether the queue can be used as it is */
export function checksToJson(checks: readonly Check[], ok: boolean) {
  return { ok, checks: checks.map(({ name, status, message, hint }) => ({ name, status, message, hint })) };
}
