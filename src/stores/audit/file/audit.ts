import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Failure } from "#churn/failure.ts";
import { jsonText } from "#churn/json-text.ts";
import { StoreUnavailable } from "../../failures.ts";
import { type Audit, type AuditEntry, type AuditRange, auditEntry, checkEntry, isWithin } from "../audit.ts";

/**
 * The audit as a file to which lines of JSON are added, for one machine. Not in DuckDB, whose file belongs to one process:
 * commands add to it while lapse runs.
 */
export class FileAudit implements Audit {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
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
    const found = new Map<string, AuditEntry>();
    for (const line of await this.#lines()) {
      const parsed = lineSchema.safeParse(line);
      // What a crash cut off was never acknowledged.
      if (parsed.success && isWithin(parsed.data, range) && !found.has(parsed.data.id))
        found.set(parsed.data.id, parsed.data);
    }
    // Those of the same moment by the order in which they came.
    yield* [...found.values()].reverse().sort((a, b) => b.at - a.at);
  }

  async #lines(): Promise<readonly string[]> {
    return this.#within("read the audit", async () => {
      const text = await readFile(this.#path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return "";
        throw error;
      });
      return text.split("\n");
    });
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
const lineSchema = jsonText(auditEntry);
