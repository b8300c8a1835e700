/**
 * A real store whose methods fail on demand. A test names a method by role and name, such as `leases.settle`. Its next
 * calls reject, either before they did anything or after they did it (a lost answer). Every other call goes to the
 * store.
 */
import { ShortageError } from "../../src/core/errors.js";
import type { Store } from "../../src/store/contract/store.js";

type Role = "jobs" | "leases" | "processes" | "settings" | "queues" | "hooks" | "schedules";
type MethodOf<R> = { [M in keyof R]: R[M] extends (...args: never[]) => unknown ? M & string : never }[keyof R];
/** `leases.settle`, `settings.all` … */
export type StoreMethod = { [R in Role]: `${R}.${MethodOf<Store[R]>}` }[Role];

interface Failure {
  readonly error: Error;
  readonly when: "before" | "after";
}

const ROLES: readonly string[] = [
  "jobs",
  "leases",
  "processes",
  "settings",
  "queues",
  "hooks",
  "schedules",
] satisfies Role[];

export class FailingStore {
  /** For the code under test. */
  readonly store: Store;
  /** Every call of a role's method, in order. */
  readonly calls: StoreMethod[] = [];
  readonly #failures = new Map<StoreMethod, Failure[]>();

  constructor(real: Store) {
    this.store = new Proxy(real, {
      get: (target, name, receiver) => {
        const role: unknown = Reflect.get(target, name, receiver);
        return ROLES.includes(String(name)) ? this.#watched(String(name), role as object) : role;
      },
    });
  }

  /** The next `times` calls reject and do nothing. */
  refuse(method: StoreMethod, error: Error = new ShortageError("disk I/O error"), times = 1): void {
    this.#add(method, { error, when: "before" }, times);
  }

  /** The next call is carried out, but its caller gets an error. */
  loseAnswer(method: StoreMethod, error: Error = new ShortageError("connection lost")): void {
    this.#add(method, { error, when: "after" }, 1);
  }

  /** Number of calls of a method. */
  count(method: StoreMethod): number {
    return this.calls.filter((called) => called === method).length;
  }

  #add(method: StoreMethod, failure: Failure, times: number): void {
    const failures = this.#failures.get(method) ?? [];
    this.#failures.set(method, [...failures, ...Array.from({ length: times }, () => failure)]);
  }

  #watched(role: string, target: object): object {
    return new Proxy(target, {
      get: (methods, name, receiver) => {
        const method: unknown = Reflect.get(methods, name, receiver);
        if (typeof method !== "function") return method;
        const called = `${role}.${String(name)}` as StoreMethod;
        return async (...args: unknown[]) => {
          this.calls.push(called);
          const failure = this.#failures.get(called)?.shift();
          if (failure?.when === "before") throw failure.error;
          const answer: unknown = await Reflect.apply(method, methods, args);
          if (failure?.when === "after") throw failure.error;
          return answer;
        };
      },
    });
  }
}
