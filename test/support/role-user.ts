import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Elasticsearch } from "#stores/connections/elasticsearch/connection.ts";

/** A user of Elasticsearch with a role of deploy/elasticsearch, for the indices of one test. */
export interface RoleUser {
  /** The server without credentials. */
  readonly url: string;
  readonly auth: { readonly username: string; readonly password: string };
  /** Deletes user and role. */
  remove(): Promise<void>;
}

/** Makes such a user, as set-up of deploy/trial does. `administrator` is a connection to a server with security. */
export async function makeRoleUser(administrator: Elasticsearch, role: "lapse" | "lapse-reader"): Promise<RoleUser> {
  const { prefix, url } = administrator.options;
  const file = fileURLToPath(new URL(`../../deploy/elasticsearch/roles/${role}.json`, import.meta.url));
  const [name, password] = [`${prefix}-${role}`, randomUUID()];
  const { cluster, indices } = JSON.parse((await readFile(file, "utf8")).replaceAll("lapse-", `${prefix}-`));
  await administrator.run("make a role", (client) => client.security.putRole({ name, cluster, indices }));
  await administrator.run("make a user", (client) =>
    client.security.putUser({ username: name, password, roles: [name] }),
  );
  return {
    url: new URL(url).origin,
    auth: { username: name, password },
    async remove() {
      await administrator.run("delete a user", (client) => client.security.deleteUser({ username: name }));
      await administrator.run("delete a role", (client) => client.security.deleteRole({ name }));
    },
  };
}
