import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FileAudit } from "#stores/audit/file/audit.ts";
import { RunningProgram } from "#test/support/running-program.ts";

it("lapse audit says how many lines are damaged and where, and shows the rest", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lapse-audit-damaged-"));
  const path = join(folder, "audit.ndjson");
  const audit = new FileAudit(path);
  const entry = { id: "1", at: 1, who: "ana", from: "laptop", action: "key.created", target: "shop" };
  await audit.append(entry);
  await appendFile(path, "\0\0\0\0\n");
  await audit.append({ ...entry, id: "2", target: "till" });
  for (const args of [[], ["--json"], ["--action", "key"]]) {
    const program = RunningProgram.ofLapse(["audit", ...args], { DATA_DIR: folder });
    expect(await program.ended).toBe(0);
    expect(program.lines.join("\n")).toMatch(/till[\s\S]*shop/);
    expect(program.messages.join("\n")).toMatch(
      new RegExp(`An entry is damaged and not shown: audit.ndjson/byte ${JSON.stringify(entry).length + 1}\\.`),
    );
  }
  await rm(folder, { recursive: true });
});
