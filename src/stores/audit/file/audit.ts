import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "#churn/failure.ts";
import { StoreUnavailable } from "../../failures.ts";
import type { UnreadableDocuments } from "../../unreadable-documents.ts";
import { UnreadableRows } from "../../unreadable-rows.ts";
import { type Audit, type AuditEntry, type AuditRange, checkEntry } from "../audit.ts";
import { linesFromEnd } from "./lines-from-end.ts";
import { newestFirst } from "./newest-first.ts";

/**
 * The audit as a file to which lines of JSON are added, for one machine. Not in DuckDB, whose file belongs to one process:
 * commands add to it while lapse runs.
 */
export class FileAudit implements Audit {
  readonly #path: string;
  readonly #onUnreadable: ((lines: UnreadableDocuments) => void) | undefined;

  /** `onUnreadable` is called for lines that are left out. */
  constructor(path: string, onUnreadable?: (lines: UnreadableDocuments) => void) {
    this.#path = path;
    this.#onUnreadable = onUnreadable;
  }

  async append(entry: AuditEntry): Promise<void> {
    checkEntry(entry);
    await this.#within("add to the audit", async () => {
      await mkdir(dirname(this.#path), { recursive: true });
      // Append mode: what several processes add at the same time comes one after the other, and nothing is overwritten.
      const file = await open(this.#path, "a+", 0o600);
      try {
        const { size } = await file.stat();
        const last = size === 0 ? undefined : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0];
        // A crash may have left the beginning of a line: the next entry must not be taken for its end.
        const lead = last === undefined || last === newline ? "" : "\n";
        await file.appendFile(`${lead}${JSON.stringify(entry)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    });
  }

  async *entries(range: AuditRange = {}): AsyncIterable<AuditEntry> {
    const unreadable = new UnreadableRows();
    try {
      yield* newestFirst(linesFromEnd(this.#path), range, unreadable);
    } catch (cause) {
      throw new StoreUnavailable(`Could not read the audit in ${this.#path}.`, { cause });
    } finally {
      unreadable.tell("read the audit", this.#onUnreadable, range.onUnreadable);
    }
  }

  async #within<T>(what: string, task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      throw new StoreUnavailable(`Could not ${what} in ${this.#path}.`, { cause });
    }
  }
}

const newline = 0x0a;
