import * as z from "zod";
import { InvalidInput } from "#churn/failure.ts";
import { type Elasticsearch, statusOf } from "../../connections/elasticsearch/connection.ts";
import { StoreUnavailable } from "../../failures.ts";
import type { BackupManifest } from "../manifest.ts";
import { derivedKinds, indicesOf, kindOf } from "./index-kinds.ts";
import { removeIndices } from "./load-index-files.ts";

type Snapshot = NonNullable<BackupManifest["snapshot"]>;

/** A snapshot copies what changed since the last one: hours where that is terabytes. */
const patience = { requestTimeout: 12 * 3_600_000 };

/**
 * Has Elasticsearch copy every index of this prefix, save what the next run of features counts again, to a snapshot repository, which it
 * must have. Throws InvalidInput without that repository, StoreUnavailable if not everything was copied.
 */
export async function takeSnapshot(
  elasticsearch: Elasticsearch,
  repository: string,
  takenAt: string,
): Promise<Snapshot> {
  const name = `${elasticsearch.index("")}${takenAt.toLowerCase().replaceAll(/[:.]/g, "-")}`;
  const indices = (await indicesOf(elasticsearch)).filter((index) => !derivedKinds.has(kindOf(elasticsearch, index)));
  const purpose = `take the snapshot ${name}`;
  const answer = await elasticsearch.run(purpose, async (client) => {
    try {
      return await client.snapshot.create(
        { repository, snapshot: name, indices, include_global_state: false, wait_for_completion: true },
        patience,
      );
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      throw new InvalidInput(`Elasticsearch has no snapshot repository ${repository}.`, { cause: error });
    }
  });
  const { state } = takenSchema.parse(answer).snapshot;
  if (state !== "SUCCESS") throw new StoreUnavailable(`Could not ${purpose}: it ended as ${state}.`);
  return { repository, name, prefix: elasticsearch.options.prefix };
}

/** Throws InvalidInput unless the snapshot is there, whole, and of this prefix. */
export async function requireSnapshot(
  elasticsearch: Elasticsearch,
  { repository, name, prefix }: Snapshot,
): Promise<void> {
  if (prefix !== elasticsearch.options.prefix)
    throw new InvalidInput(`The snapshot ${name} is of the prefix ${prefix}: set ELASTICSEARCH_PREFIX to it.`);
  const found = await elasticsearch.find(`find the snapshot ${name}`, (client) =>
    client.snapshot.get({ repository, snapshot: name }),
  );
  const state = found === undefined ? "absent" : foundSchema.parse(found).snapshots[0]?.state;
  if (state !== "SUCCESS")
    throw new InvalidInput(`The snapshot ${name} in the repository ${repository} cannot be restored: it is ${state}.`);
}

/** Puts the indices of the snapshot in the place of all of this prefix. Throws StoreUnavailable, and is then to be repeated. */
export async function restoreSnapshot(elasticsearch: Elasticsearch, { repository, name }: Snapshot): Promise<void> {
  const purpose = `restore the snapshot ${name}`;
  const removed = await removeIndices(elasticsearch);
  const answer = await elasticsearch.run(purpose, (client) =>
    client.snapshot.restore(
      { repository, snapshot: name, include_global_state: false, wait_for_completion: true },
      patience,
    ),
  );
  const { failed } = restoredSchema.parse(answer).snapshot.shards;
  if (failed > 0)
    throw new StoreUnavailable(`Could not ${purpose}: ${failed} shards failed. Restore again with --replace.`);
  const there = new Set(await indicesOf(elasticsearch));
  for (const index of removed)
    if (!there.has(index)) await elasticsearch.run(purpose, (client) => client.indices.create({ index }));
}

const takenSchema = z.object({ snapshot: z.object({ state: z.string() }) });
const foundSchema = z.object({ snapshots: z.array(z.object({ state: z.string() })) });
const restoredSchema = z.object({ snapshot: z.object({ shards: z.object({ failed: z.int() }) }) });
