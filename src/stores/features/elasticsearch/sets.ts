import * as z from "zod";
import { changeDocument, type DocumentAddress, readDocument } from "../../connections/elasticsearch/change-document.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { featureSetSchema, keptSets } from "../feature-set-schema.ts";
import type { FeatureRevision, FeatureSet } from "../feature-store.ts";
import { featureIndices } from "./templates.ts";

/** A set and its rank among all that were put. */
export interface RankedSet extends FeatureSet {
  /**
   * The number of its run; for a set that was put without one, greater than all others. Rows have it as the version of their
   * document, so that a row of an earlier set never replaces one of a later. It is milliseconds since the epoch, or one more than
   * the last if clocks disagree, rather than a count, so that it still grows if the index of the sets is lost.
   */
  readonly rank: number;
  /** Whether all its rows were written. */
  readonly complete: boolean;
  /** Whether all rows were written since it was put, and there was no later set by then. */
  readonly settled?: boolean | undefined;
}

/** The latest sets, in the order of their ranks. */
export async function readSets(elasticsearch: Elasticsearch): Promise<readonly RankedSet[]> {
  const state = await readDocument(elasticsearch, "read the feature sets", addressOn(elasticsearch), stateSchema);
  return state?.lapse.sets ?? [];
}

/** Of the complete sets the last. */
export function currentOf(sets: readonly RankedSet[]): RankedSet | undefined {
  return sets.findLast(({ complete }) => complete);
}

/** Stores `set` with the number of its run as its rank; without one it becomes the last. `now` is in milliseconds since the epoch. */
export async function putSet(
  elasticsearch: Elasticsearch,
  set: FeatureSet,
  run: number | undefined,
  now: number,
): Promise<void> {
  const purpose = `store the feature set ${set.id}`;
  await changeDocument(elasticsearch, purpose, addressOn(elasticsearch), stateSchema, (there) => {
    const before = there?.lapse.sets ?? [];
    const current = currentOf(before)?.id;
    const rank = run ?? Math.max(now, (before.at(-1)?.rank ?? 0) + 1);
    const others = before.filter(({ id }) => id !== set.id);
    const sets = [...others, { ...set, rank, complete: set.id === current }].sort((a, b) => a.rank - b.rank);
    return { lapse: { sets: sets.filter(({ id }, i) => i >= sets.length - keptSets || id === current) } };
  });
}

/** Notes that all rows of a set are written. */
export async function completeSet(elasticsearch: Elasticsearch, setId: string): Promise<void> {
  const purpose = `complete the feature set ${setId}`;
  await changeDocument(elasticsearch, purpose, addressOn(elasticsearch), stateSchema, (there) => {
    const sets = there?.lapse.sets ?? [];
    const settled = sets.at(-1)?.id === setId;
    const set = sets.find(({ id }) => id === setId);
    if (set === undefined || (set.complete && (set.settled === true || !settled))) return undefined;
    return { lapse: { sets: sets.map((one) => (one === set ? { ...one, complete: true, settled } : one)) } };
  });
}

/** Makes another revision of the same sets. */
export async function touchSets(elasticsearch: Elasticsearch): Promise<void> {
  const purpose = "tell readers that users were erased";
  await changeDocument(elasticsearch, purpose, addressOn(elasticsearch), stateSchema, (there) => there);
}

/** By the number of the last write to the sets, which every change of them makes. */
export async function readRevision(elasticsearch: Elasticsearch): Promise<FeatureRevision> {
  const found = await elasticsearch.find("read the revision of features", async (client) =>
    revisionSchema.parse(
      await client.get({ ...addressOn(elasticsearch), _source_includes: ["lapse.sets.rank", "lapse.sets.settled"] }),
    ),
  );
  if (found === undefined) return { id: "none", isSettled: false };
  const last = found._source.lapse.sets.at(-1);
  // With the rank, because the numbers of writes begin again where the index was lost.
  return { id: [last?.rank, found._primary_term, found._seq_no].join("-"), isSettled: last?.settled === true };
}

/** All sets are in one document, so that one write changes them together. */
function addressOn(elasticsearch: Elasticsearch): DocumentAddress {
  return { index: elasticsearch.index(featureIndices.sets), id: "sets" };
}

const rank = z.int();
const settled = z.boolean().optional();
/** Sets of before they became current at their end were current from their beginning. */
const rankedSetSchema = featureSetSchema.extend({ rank, settled, complete: z.boolean().default(true) });
const stateSchema = z.object({ lapse: z.object({ sets: z.array(rankedSetSchema) }) });
const revisionSchema = z.object({
  _seq_no: z.int(),
  _primary_term: z.int(),
  _source: z.object({ lapse: z.object({ sets: z.array(z.object({ rank, settled })) }) }),
});
