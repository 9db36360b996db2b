/** The names of what is in a data folder. A backup of it has the same names. */
export const dataNames = {
  /** The embedded database. */
  database: "lapse.duckdb",
  audit: "audit.ndjson",
  /** Of which logs the actions are, and what leaving is. */
  settings: "settings.json",
  /** Hashes of API keys, and when each was last used. */
  keys: "keys.json",
  keyUses: "key-uses.json",
  /** Folders. */
  deadLetters: "dead-letters",
  models: "models",
  /** What made way for another log. */
  aside: "aside",
  /** The settings of logs whose actions are in Elasticsearch. */
  servers: "servers",
} as const;
