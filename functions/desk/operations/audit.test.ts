import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import * as z from "zod";
import { FileAudit } from "#stores/audit/file/audit.ts";
import { startLocalLapse } from "#test/support/local-lapse.ts";
import { shownAudit } from "./view.ts";

const entry = { at: 1, who: "ana", from: "laptop", action: "key.created" };

it("the audit is shown with how many of its entries are damaged and where, on the page and by the API", async () => {
  const local = await startLocalLapse();
  try {
    const answerOf = async () => (await fetch(`${local.url}/v1/audit`)).json();
    await local.stores.audit.append({ ...entry, id: "first" });
    expect(await answerOf()).toEqual({ entries: [{ ...entry, id: "first" }] });
    await appendFile(join(local.folder, "audit.ndjson"), "damaged\ndamaged as well\n");
    await local.stores.audit.append({ ...entry, id: "second" });
    const { entries, unreadable } = z
      .object({ entries: z.array(z.object({ id: z.string() })), unreadable: z.unknown() })
      .parse(await answerOf());
    expect(entries.map(({ id }) => id)).toEqual(["second", "first"]);
    const second = JSON.stringify({ ...entry, id: "first" }).length + 1;
    const named = [`audit.ndjson/byte ${second + 8}`, `audit.ndjson/byte ${second}`];
    expect(unreadable).toEqual({ entries: 2, named, problem: expect.any(String) });
    const page = await (await fetch(`${local.url}/operations`)).text();
    expect(page).toContain(`2 entries are damaged and not shown: ${named.join(", ")}.`);
  } finally {
    await local.close();
  }
});

it("a damaged entry before those that are shown is not told of", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lapse-audit-"));
  const path = join(folder, "audit.ndjson");
  await appendFile(path, "damaged\n");
  const audit = new FileAudit(path);
  const day = 86_400_000;
  for (let i = 0; i < 200; i++) await appendFile(path, `${JSON.stringify({ ...entry, id: `${i}`, at: i * day })}\n`);
  expect(await shownAudit({ audit }, 10)).toMatchObject({ entries: { length: 10 }, unreadable: undefined });
  expect(await shownAudit({ audit }, 1_000)).toMatchObject({ entries: { length: 200 }, unreadable: { documents: 1 } });
  await rm(folder, { recursive: true });
});
