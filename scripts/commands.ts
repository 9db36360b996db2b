import type { Commands } from "./terminal/program.ts";

// A command is loaded when it is called: all of them together take longer than most need to run.
export const commands: Commands = {
  start: async () => (await import("./start.ts")).start,
  import: async () => (await import("./import.ts")).importLog,
  generate: async () => (await import("./generate.ts")).generate,
  backtest: async () => (await import("./backtest.ts")).backtestLog,
  audience: async () => (await import("./audience.ts")).audience,
  campaigns: async () => (await import("./campaigns.ts")).campaigns,
  keys: async () => (await import("./keys.ts")).keys,
  audit: async () => (await import("./audit.ts")).audit,
  models: async () => (await import("./models.ts")).models,
  promises: async () => (await import("./promises.ts")).promises,
  "dead-letters": async () => (await import("./dead-letters.ts")).deadLetters,
  job: async () => (await import("./job.ts")).job,
  setup: async () => (await import("./setup.ts")).setup,
  erase: async () => (await import("./erase.ts")).erase,
  backup: async () => (await import("./backup.ts")).backup,
  restore: async () => (await import("./restore.ts")).restore,
  retain: async () => (await import("./retain.ts")).retain,
};
