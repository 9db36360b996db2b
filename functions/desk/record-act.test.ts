import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FileAudit } from "#stores/audit/file/audit.ts";
import { type LocalLapse, startLocalLapse } from "#test/support/local-lapse.ts";
import { RunningProgram } from "#test/support/running-program.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-record-act-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Has the desk at `url` record an opt-out. */
async function optOut(url: string, headers: Record<string, string> = {}): Promise<void> {
  const body = JSON.stringify({ user_id: "secret-user", opt_out: true });
  const all = { "content-type": "application/json", "x-forwarded-for": "203.0.113.9", ...headers };
  expect((await fetch(`${url}/v1/contacts`, { method: "POST", headers: all, body })).status).toBe(200);
}

/** Who did what on the desk, and from where, newest first. */
async function told(audit: Pick<FileAudit, "entries">) {
  const found = [];
  for await (const { action, who, from } of audit.entries({ action: "contacts" })) found.push([action, who, from]);
  return found;
}

it("the audit has from where somebody changed something on the desk: in a cluster, what the gateway says", async () => {
  const desk = RunningProgram.ofFunction("desk/main.ts", { PORT: "0", DATA_DIR: folder });
  await optOut(`http://127.0.0.1:${await desk.says(/listens on port (\d+)/)}`);
  expect(await desk.end()).toBe(0);
  const actor = ["someone on this machine", "203.0.113.9, by the desk"];
  expect(await told(new FileAudit(join(folder, "audit.ndjson")))).toEqual([
    ["contacts.opted-out", ...actor],
    ["contacts.opted-out.begun", ...actor],
  ]);
});

it("in one process the other end of the connection, whatever the caller says, and the key", async () => {
  const local: LocalLapse = await startLocalLapse();
  try {
    await optOut(local.url);
    const key = await local.key("operate");
    await expect.poll(() => local.lapse.access?.isOn()).toBe(true);
    await optOut(local.url, { authorization: `Bearer ${key.text}` });
    expect(await told(local.stores.audit)).toEqual([
      ["contacts.opted-out", expect.stringMatching(/^key \d+$/), `127.0.0.1, by the desk with key ${key.id}`],
      ["contacts.opted-out.begun", expect.stringMatching(/^key \d+$/), `127.0.0.1, by the desk with key ${key.id}`],
      ["contacts.opted-out", "someone on this machine", "127.0.0.1, by the desk"],
      ["contacts.opted-out.begun", "someone on this machine", "127.0.0.1, by the desk"],
    ]);
  } finally {
    await local.close();
  }
});
