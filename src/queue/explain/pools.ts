/** What the commands that a hint proposes say about pools. */

/** The flag that names this one of the pools that run. Empty: only one runs, and the command means that. */
export function nameFlag(pools: readonly string[], pool: string | undefined): string {
  return pools.length > 1 && pool !== undefined ? ` --name ${pool}` : "";
}

/** A name for a new pool: this one, or with the first number behind it that no running pool has. */
export function freeName(name: string, pools: readonly string[]): string {
  if (!pools.includes(name)) return name;
  let number = 2;
  while (pools.includes(`${name}-${number}`)) number++;
  return `${name}-${number}`;
}
