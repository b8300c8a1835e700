/** Processes record the program that they run. It is NULL for one that was started by the first version. */
export const PROGRAM: readonly string[] = [
  `ALTER TABLE processes ADD COLUMN program TEXT
    CHECK (program IS NULL OR (json_valid(program) AND json_type(program) = 'object'))`,
];
