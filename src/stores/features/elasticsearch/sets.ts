import * as z from "zod";
import { changeDocument, type DocumentAddress, readDocument } from "../../connections/elasticsearch/change-document.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { featureSetSchema, keptSets } from "../feature-set-schema.ts";
import type { FeatureSet } from "../feature-store.ts";
import { featureIndices } from "./templates.ts";

/** A set and its rank among all that were put. */
export interface RankedSet extends FeatureSet {
  /**
   * Greater than that of every set put before: milliseconds since the epoch, or one more than the last rank if clocks
   * disagree. Rows have it as the version of their document, so that a row of an older set never replaces a newer one.
   * It is a time rather than a count so that it still grows if the index of the sets is lost.
   */
  readonly rank: number;
}

/** The sets put last, in the order in which they were put. */
export async function readSets(elasticsearch: Elasticsearch): Promise<readonly RankedSet[]> {
  const state = await readDocument(elasticsearch, "read the feature sets", addressOn(elasticsearch), stateSchema);
  return state?.lapse.sets ?? [];
}

/** Makes `set` the last one. `now` is in milliseconds since the epoch. */
export async function putSet(elasticsearch: Elasticsearch, set: FeatureSet, now: number): Promise<void> {
  const purpose = `store the feature set ${set.id}`;
  await changeDocument(elasticsearch, purpose, addressOn(elasticsearch), stateSchema, (there) => {
    const others = there?.lapse.sets ?? [];
    const rank = Math.max(now, (others.at(-1)?.rank ?? 0) + 1);
    const sets: RankedSet[] = [...others.filter(({ id }) => id !== set.id), { ...set, rank }];
    return { lapse: { sets: sets.slice(-keptSets) } };
  });
}

/** All sets are in one document, so that one write changes them together. */
function addressOn(elasticsearch: Elasticsearch): DocumentAddress {
  return { index: elasticsearch.index(featureIndices.sets), id: "sets" };
}

const stateSchema = z.object({ lapse: z.object({ sets: z.array(featureSetSchema.extend({ rank: z.int() })) }) });
