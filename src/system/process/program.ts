/**
 * The program that this process runs. Supervisors and workers record theirs, since after an upgrade they go on with the
 * old code. The build's id is a hash of the bundle: the same source has the same id.
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import packageJson from "../../../package.json" with { type: "json" };

/** Set by the build. */
declare const BUILD_ID: string;

/** A program that a supervisor or a worker runs. */
export interface Program {
  readonly version: string;
  /** Tells two builds of the same version apart. */
  readonly build: string;
  /** Directory that it lies in. New workers run what lies there now. */
  readonly folder: string;
}

export function ownProgram(): Program {
  return {
    version: packageJson.version,
    build: typeof BUILD_ID === "undefined" ? "unbuilt" : BUILD_ID,
    folder: dirname(fileURLToPath(import.meta.url)),
  };
}
