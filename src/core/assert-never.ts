/** Closes a switch over a union: a new member that nobody handles is a type error here, and an exception if it slips by. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
