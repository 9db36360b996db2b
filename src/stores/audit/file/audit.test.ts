import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StoreUnavailable } from "../../failures.ts";
import { describeAudit } from "../audit.contract.ts";
import type { AuditEntry } from "../audit.ts";
import { FileAudit } from "./audit.ts";

describeAudit("FileAudit", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lapse-audit-"));
  // A folder that does not exist yet, as before the first start.
  const path = join(folder, "deep", "audit.ndjson");
  const again = () => new FileAudit(path);
  return { audit: again(), again, dispose: () => rm(folder, { recursive: true }) };
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

  it("is unavailable where it cannot be written", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(new FileAudit(join(folder, "file", "audit.ndjson")).append(first)).rejects.toThrow(StoreUnavailable);
  });
});
