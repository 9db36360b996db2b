import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { makeRoleUser, type RoleUser } from "#test/support/role-user.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { type Stores, setUpStores } from "../../open-stores.ts";
import type { AuditEntry } from "../audit.ts";

// An Elasticsearch with security, since only that knows roles; the URL has an administrator's name and password.
const administrator = testConnection({ url: process.env.SECURED_ELASTICSEARCH_URL ?? "" });
const { prefix } = administrator.options;
const time = Date.UTC(2026, 0, 1);
const entry: AuditEntry = { id: "1", at: time, action: "users.erased", who: "ana", from: "laptop" };

let folder: string;
let stores: Stores;
let raw: ReturnType<typeof testConnection>;
const made: RoleUser[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lapse-role-"));
  raw = await connectionAs("lapse");
  stores = await setUpStores({ dataDir: folder, elasticsearch: raw.options }, () => time);
  await stores.audit.append(entry);
});

afterAll(async () => {
  await stores.close();
  await raw.close();
  await removePrefix(administrator);
  for (const user of made) await user.remove();
  await administrator.close();
  await rm(folder, { recursive: true });
});

/** A connection of a user with that role. */
async function connectionAs(role: "lapse" | "lapse-reader") {
  const user = await makeRoleUser(administrator, role);
  made.push(user);
  return testConnection({ url: user.url, prefix, auth: user.auth });
}

/** Expects Elasticsearch to refuse a request for want of a privilege. */
async function refused(request: Parameters<typeof raw.run>[1], by = raw): Promise<void> {
  await expect(by.run("try", request)).rejects.toThrow(/does not allow it with these credentials/);
}

describe("the role of the functions", () => {
  const index = `${prefix}-audit-2026.01`;

  it("lets them add to the audit, and read it", async () => {
    const [second, read] = [{ ...entry, id: "2", at: time + 1 }, []] as [AuditEntry, AuditEntry[]];
    await stores.audit.append(second);
    for await (const one of stores.audit.entries()) read.push(one);
    expect(read).toEqual([second, entry]);
  });

  it("keeps them from changing and deleting what is in the audit", async () => {
    const document = { user: { name: "someone else" } };
    await refused((client) => client.index({ index, id: "1", document }));
    await refused((client) => client.update({ index, id: "1", doc: document }));
    await refused((client) => client.delete({ index, id: "1" }));
    await refused((client) => client.indices.delete({ index }));
    await refused((client) => client.indices.close({ index }));
    await refused((client) => client.indices.putSettings({ index, settings: { "index.blocks.write": true } }));
    // By another name, too.
    await refused((client) => client.indices.putAlias({ index, name: `${prefix}-features-of-old` }));
    const bulk = await raw.run("try", (client) =>
      client.bulk({
        operations: [{ delete: { _index: index, _id: "1" } }, { index: { _index: index, _id: "1" } }, document],
      }),
    );
    expect(bulk.items.map((item) => (item.delete ?? item.index)?.status)).toEqual([403, 403]);
    const found = await administrator.run("look", (client) => client.get({ index, id: "1" }));
    expect(found).toMatchObject({ _version: 1, _source: { user: { name: "ana" } } });
  });

  it("lets them do everything else with their own indices, and nothing with those of others", async () => {
    await stores.actions.append([
      { userId: "ann", action: "login", time },
      { userId: "ben", action: "login", time: Date.UTC(2025, 5, 1) },
    ]);
    await stores.actions.rollUp();
    await stores.ledger.append([
      { userId: "ann", snapshot: 20_454, modelVersion: "v1", role: "champion", state: "here", probability: 0.5 },
    ]);
    await stores.deadLetters.record({ event: { id: "a", source: "app", type: "t", data: 1 }, recordedAt: time });
    expect((await stores.actions.historiesOf(["ann"])).size).toBe(1);
    const before = await raw.run("list", (client) => client.indices.resolveIndex({ name: `${prefix}-*` }));
    // Of each kind of index that there is.
    for (const { name } of before.indices.filter(({ name }) => !name.startsWith(`${prefix}-audit-`)))
      await raw.run(`delete ${name}`, (client) => client.indices.delete({ index: name }));
    expect(before.indices.length).toBeGreaterThan(10);
    await refused((client) => client.indices.create({ index: `other-${prefix}` }));
  });

  it("lets the predictor add to the audit, and neither read nor change it", async () => {
    const reader = await connectionAs("lapse-reader");
    await refused((client) => client.search({ index }), reader);
    await refused((client) => client.delete({ index, id: "1" }), reader);
    await refused((client) => client.index({ index, id: "1", document: {} }), reader);
    const answer = await reader.run("add", (client) => client.create({ index, id: "3", document: {} }));
    expect(answer.result).toBe("created");
    await reader.close();
  });
});
