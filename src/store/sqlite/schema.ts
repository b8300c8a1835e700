/** The marks in a database file that tell its program and its version. */

/** Version of the first migration. Lower ones were in use before the first release. */
export const FIRST_SCHEMA_VERSION = 12;

/** Version of the newest migration. Kept apart from the migrations, which are loaded only when one is due. */
export const SCHEMA_VERSION = 12;

/** "queu": tells our databases from those of other programs. */
export const APPLICATION_ID = 0x71756575;
