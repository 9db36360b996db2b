// Imports nothing of DuckDB, which the program in the image, where this is loaded, does not have.

/**
 * The columns of the table `actions`. batch numbers the writes in their order; ingested is event.ingested; id_high and id_low are the
 * bytes of actionId; month counts from 1970-01, day from 1970-01-01; time is in milliseconds since then. Compressing user ids in the
 * order of time takes a third of an import, and saves a quarter of the file.
 */
export const actionDeclarations = [
  "batch INTEGER",
  "ingested TIMESTAMP_MS",
  "id_high UBIGINT USING COMPRESSION uncompressed",
  "id_low UBIGINT USING COMPRESSION uncompressed",
  "month INTEGER",
  "day INTEGER",
  "time DOUBLE",
  "user_id VARCHAR USING COMPRESSION uncompressed",
  "action VARCHAR",
  "value DOUBLE",
  "passive BOOLEAN",
];

/** Their names. */
export const actionColumns: ReadonlySet<string> = new Set(
  actionDeclarations.map((declaration) => declaration.split(" ", 1)[0] ?? ""),
);
