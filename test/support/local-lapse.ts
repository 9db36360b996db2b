import { randomBytes } from "node:crypto";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import * as z from "zod";
import { createLapse, type Lapse } from "#local/lapse.ts";
import type { Role } from "#runtime/access/access.ts";
import { accessSettings, withAccessRules } from "#runtime/access/access-settings.ts";
import { type Environment, parseConfig } from "#runtime/config.ts";
import { changeKeys } from "#scripts/keys/change-keys.ts";
import { makeKey, withRevoked } from "#scripts/keys/key-changes.ts";
import { readSettings } from "#scripts/start/settings.ts";
import { type Stores, setUpStores } from "#stores/open-stores.ts";
import { exampleModel } from "./example-model.ts";
import { exampleNote } from "./example-note.ts";

/** All of lapse on a port of its own. */
export interface LocalLapse {
  readonly url: string;
  readonly lapse: Lapse;
  readonly stores: Stores;
  readonly folder: string;
  /** Makes a key with these roles, and returns its text and id. */
  key(...roles: Role[]): Promise<{ readonly text: string; readonly id: string }>;
  revoke(id: string): Promise<void>;
  close(): Promise<void>;
}

/** With an example model in service and nothing else stored, or with a copy of a data folder that `lapse start` left. */
export async function startLocalLapse(
  options: {
    environment?: Environment;
    hosts?: readonly string[];
    isReachable?: boolean;
    copyOf?: string | undefined;
    /** Any free one by default. */
    port?: number;
    /** Milliseconds since the epoch. */
    now?: () => number;
  } = {},
): Promise<LocalLapse> {
  const { environment = {}, hosts = [], isReachable = false, copyOf, port = 0, now = () => Date.now() } = options;
  const folder = await mkdtemp(join(tmpdir(), "lapse-local-"));
  if (copyOf !== undefined) await cp(copyOf, folder, { recursive: true });
  const stores = await setUpStores({ dataDir: folder }, now);
  const churn = (await readSettings(folder))?.churn;
  if (churn === undefined) {
    await stores.models.publish({ ...exampleModel({ version: "v1" }), report: "<html>v1</html>" });
    await stores.models.moveAlias("champion", "v1", undefined, exampleNote);
  }
  let id = 0;
  const lapse = await createLapse({
    stores,
    churn: churn ?? { churnDays: 14, leadDays: 0, observeDays: 28 },
    logger: pino({ level: "silent" }),
    now,
    newId: () => `id-${id++}`,
    environment,
    access: {
      settings: parseConfig(withAccessRules(z.object(accessSettings)), environment),
      dataDir: folder,
      hosts,
      isReachable,
      secret: randomBytes(32),
    },
    drainMilliseconds: 1000,
  });
  await lapse.refresh();
  const url = await lapse.server.listen({ host: "127.0.0.1", port });
  const file = join(folder, "keys.json");
  return {
    url,
    lapse,
    stores,
    folder,
    async key(...roles) {
      const random = { random: randomBytes, now: Date.now() };
      const name = `key ${id++}`;
      const made = await changeKeys(file, (keys) => {
        const key = makeKey({ name, roles, expires: undefined }, keys, random);
        return { keys: [...keys, key.record], made: key };
      });
      return { text: made.text, id: made.record.id };
    },
    revoke: (revoked) =>
      changeKeys(file, (keys) => ({ keys: withRevoked(keys, revoked, Date.now()), made: undefined })),
    async close() {
      await lapse.close();
      await rm(folder, { recursive: true });
    },
  };
}
