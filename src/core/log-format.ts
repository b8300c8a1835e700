/** How supervisor and workers write the lines of their log: as text for a reader, or as JSON for a program. */
export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];
