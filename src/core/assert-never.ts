/** Closes a switch over a union. A member without a case is a type error here, and an exception at run time. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
