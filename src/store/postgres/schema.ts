/** Version of the newest migration. Kept apart from the migrations, which only `db migrate` loads. */
export const SCHEMA_VERSION = 1;
