import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StoreUnavailable } from "../../failures.ts";
import type { UnreadableDocuments } from "../../unreadable-documents.ts";
import { describeAudit } from "../audit.contract.ts";
import type { AuditEntry } from "../audit.ts";
import { FileAudit } from "./audit.ts";

describeAudit("FileAudit", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lapse-audit-"));
  // A folder that does not exist yet, as before the first start.
  const path = join(folder, "deep", "audit.ndjson");
  const again = () => new FileAudit(path);
  const plant = () => appendFile(path, `${JSON.stringify({ half: "an entry" })}\n`);
  return { audit: again(), again, plant, dispose: () => rm(folder, { recursive: true }) };
});

describe("a file of the audit", () => {
  let folder: string;
  let path: string;
  const first: AuditEntry = { id: "1", at: 1, action: "key.created", who: "ana", from: "laptop" };
  const second = { ...first, id: "2", at: 2 };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lapse-audit-"));
    path = join(folder, "audit.ndjson");
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function read(): Promise<readonly AuditEntry[]> {
    const entries: AuditEntry[] = [];
    for await (const entry of new FileAudit(path).entries()) entries.push(entry);
    return entries;
  }

  it("is for its owner's eyes, and one line for each entry", async () => {
    await new FileAudit(path).append(first);
    await new FileAudit(path).append({ ...second, reason: "two\nlines" });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readFile(path, "utf8")).trimEnd().split("\n")).toHaveLength(2);
  });

  it("loses nothing but what a crash cut off", async () => {
    await new FileAudit(path).append(first);
    await appendFile(path, JSON.stringify({ ...first, id: "cut" }).slice(0, 20));
    expect(await read()).toEqual([first]);
    await new FileAudit(path).append(second);
    expect(await read()).toEqual([second, first]);
  });

  it.each([
    ["zeros, as a file system leaves them after a crash of the machine", "\0".repeat(80)],
    ["bytes that are no text", Buffer.from([0xff, 0xfe, 0x80, 0x7b])],
    ["text that is no JSON", "not what was written"],
    ["another value of JSON", "[1, 2]"],
    ["two entries in one line", `${JSON.stringify({ a: 1 })}${JSON.stringify({ a: 2 })}`],
    ["an entry with zeros in it", JSON.stringify({ ...first, id: "hit" }).replace("laptop", "\0\0\0\0")],
    ["the second half of an entry", JSON.stringify(first).slice(20)],
  ])("tells where a line of it is damaged, whatever is asked for: %s", async (_, line) => {
    await new FileAudit(path).append(first);
    const at = (await stat(path)).size;
    await appendFile(path, line);
    await appendFile(path, "\n");
    await new FileAudit(path).append(second);
    for (const action of [undefined, "key", "model"]) {
      const told: UnreadableDocuments[] = [];
      const range = { action, onUnreadable: (left: UnreadableDocuments) => void told.push(left) };
      const found: AuditEntry[] = [];
      for await (const entry of new FileAudit(path).entries(range)) found.push(entry);
      expect(found).toEqual(action === "model" ? [] : [second, first]);
      // What still says its action is looked for by that.
      if (action === "model" && String(line).includes('"action":"key')) expect(told).toEqual([]);
      else expect(told).toMatchObject([{ documents: 1, named: [{ place: "audit.ndjson" }] }]);
      const key = told[0]?.named[0]?.key;
      if (key !== undefined && key !== "hit") expect(key).toBe(`byte ${at}`);
    }
  });

  it("is unavailable where it cannot be written", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(new FileAudit(join(folder, "file", "audit.ndjson")).append(first)).rejects.toThrow(StoreUnavailable);
  });
});
