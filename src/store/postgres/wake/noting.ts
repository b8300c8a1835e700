import type { ChangeKind } from "../../contract/wake-ups.js";
import type { Answer, Query } from "../../shared/work.js";

/** Asks as `ask` does, and adds what others are to be told of to `tells`. */
export function noting(
  tells: Set<ChangeKind>,
  ask: (query: Query) => Promise<Answer>,
): (query: Query) => Promise<Answer> {
  return async (query) => {
    const answer = await ask(query);
    if (query.tells === undefined || answer.changes === 0) return answer;
    tells.add(typeof query.tells === "function" ? query.tells(answer.rows) : query.tells);
    return answer;
  };
}
