/** The marks in a database file that say whose it is, and of which version. */

/** Of the first migration. Lower ones were in use before the first release. */
export const FIRST_SCHEMA_VERSION = 10;

/** Of the newest migration. Kept apart from them so that they are loaded only when one is due. */
export const SCHEMA_VERSION = 10;

/** "queu": tells our databases from those of other programs. */
export const APPLICATION_ID = 0x71756575;
