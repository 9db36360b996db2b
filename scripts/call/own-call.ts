import { userInfo } from "node:os";
import { storeOptionsOf } from "#runtime/store-settings.ts";
import type { TornLog } from "#stores/connections/duckdb/torn-log.ts";
import { StoreConnections } from "#stores/store-connections.ts";
import { type UnreadableDocuments, unreadableName } from "#stores/unreadable-documents.ts";
import { tornLogText } from "../terminal/torn-log-text.ts";
import type { Call } from "./call.ts";
import type { Inputs } from "./inputs.ts";

/** A call that this process answers by itself, on stores that it opens. */
export function ownCall(process: NodeJS.Process, inputs: Inputs, now: () => number): Call {
  const { stdout, stderr } = process;
  const told = new Set<string>();
  // A command may read the same a hundred times.
  const onUnreadable = ({ documents, named: [first], problem }: UnreadableDocuments) => {
    const name = first === undefined ? "" : unreadableName(first);
    if (told.has(name) || told.size === mostTold) return;
    told.add(name);
    stderr.write(`Left out ${documents} documents or rows that cannot be read, such as ${name}: ${problem}.\n`);
  };
  const onTornLog = (torn: TornLog) => void stderr.write(`${tornLogText(torn)}\n`);
  return {
    environment: process.env,
    user: systemUser(process),
    columns: stdout.columns ?? 80,
    // Ctrl-C ends the process.
    signal: new AbortController().signal,
    print: (line) => void stdout.write(`${line}\n`),
    warn: (line) => void stderr.write(`${line}\n`),
    write: async (text) => {
      if (!stdout.write(text)) await new Promise((resolve) => stdout.once("drain", resolve));
    },
    pathOf: (path) => path,
    inputPath: (path) => inputs.pathOf(path),
    stores: (settings) => new StoreConnections(storeOptionsOf(settings, { onUnreadable, onTornLog }), now),
    running: undefined,
  };
}

/** Lines about what cannot be read; the rest is hardly of another kind. */
const mostTold = 10;

/** The name of the user who runs this process. */
export function systemUser(process: NodeJS.Process): string {
  try {
    return userInfo().username;
  } catch {
    // A user that has no name, as in many containers.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
