import * as z from "zod";
import { type Elasticsearch, statusOf } from "../../connections/elasticsearch/connection.ts";
import { StoreUnavailable } from "../../failures.ts";
import { featureSetSchema, keptSets } from "../feature-set-schema.ts";
import type { FeatureSet } from "../feature-store.ts";
import { featureIndices } from "./templates.ts";

/** A set, and where it stands among all that were put. */
export interface RankedSet extends FeatureSet {
  /**
   * Greater than that of every set put before: milliseconds since the epoch, or one more than the last rank where clocks
   * disagree. Rows carry it as the version of their document, so that one of an older set never replaces a newer one. It
   * is a time rather than a count so that it goes on growing if the index of the sets is lost and begun anew.
   */
  readonly rank: number;
}

/** The sets that were put last, the latest at the end; none before the first. */
export async function readSets(elasticsearch: Elasticsearch): Promise<readonly RankedSet[]> {
  return (await readState(elasticsearch))?.sets ?? [];
}

/** Makes `set` the last one, whoever puts another at the same time. `now` is in milliseconds since the epoch. */
export async function putSet(elasticsearch: Elasticsearch, set: FeatureSet, now: number): Promise<void> {
  const index = elasticsearch.index(featureIndices.sets);
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const state = await readState(elasticsearch);
    const others = state?.sets ?? [];
    const rank = Math.max(now, (others.at(-1)?.rank ?? 0) + 1);
    const sets: RankedSet[] = [...others.filter(({ id }) => id !== set.id), { ...set, rank }];
    const document = { lapse: { sets: sets.slice(-keptSets) } };
    const condition = state?.revision ?? { op_type: "create" as const };
    const written = await elasticsearch.run("store a feature set", async (client) => {
      try {
        await client.index({ index, id: documentId, document, ...condition });
        return true;
      } catch (error) {
        if (statusOf(error) === 409) return false;
        throw error;
      }
    });
    if (written) return;
  }
  throw new StoreUnavailable(`Could not store the feature set ${set.id}: others were stored at the same time.`);
}

/** All sets are in one document, which one write changes as a whole. */
const documentId = "sets";

/** Each time one of those who write at the same time succeeds, so this is for more of them than there ever are. */
const maxAttempts = 50;

interface SetState {
  readonly sets: readonly RankedSet[];
  /** What the document must still be for a write to replace it. */
  readonly revision: { readonly if_seq_no: number; readonly if_primary_term: number };
}

async function readState(elasticsearch: Elasticsearch): Promise<SetState | undefined> {
  const index = elasticsearch.index(featureIndices.sets);
  return elasticsearch.find("read the feature sets", async (client) => {
    const { _seq_no, _primary_term, _source } = answerSchema.parse(await client.get({ index, id: documentId }));
    return { sets: _source.lapse.sets, revision: { if_seq_no: _seq_no, if_primary_term: _primary_term } };
  });
}

const answerSchema = z.object({
  _seq_no: z.int(),
  _primary_term: z.int(),
  _source: z.object({ lapse: z.object({ sets: z.array(featureSetSchema.extend({ rank: z.int() })) }) }),
});
