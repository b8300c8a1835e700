import type { Flag } from "../rows.js";
import type { Prepared } from "./prepared.js";

export interface GraphStatements {
  /** The jobs that these wait for, or have waited for. All are named by their numbers. */
  readonly edgesOf: Prepared<{ children: readonly number[] }, EdgeRow>;
}

export interface EdgeRow {
  child: number;
  parent: number;
  /** The parent is blocked, or died of what it waited for; so it is buried, freed or revived with that. */
  moves: Flag;
}
