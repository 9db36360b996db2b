import * as z from "zod";
import type { Day } from "#churn/day.ts";
import { type Month, monthOf } from "../../month.ts";
import type { Elasticsearch } from "./connection.ts";
import { refresh } from "./search.ts";

// Indices that are divided by UTC month, such as lapse-actions-2024.03: `kind` is what stands between prefix and month.

export function indexOf(elasticsearch: Elasticsearch, kind: string, month: Month): string {
  return elasticsearch.index(`${kind}-${month}`);
}

export function patternOf(elasticsearch: Elasticsearch, kind: string): string {
  return elasticsearch.index(`${kind}-*`);
}

/** The months that there is an index of, in their order. */
export async function monthsOf(elasticsearch: Elasticsearch, kind: string): Promise<Month[]> {
  const answer = await elasticsearch.runPatiently(`list the months of ${kind}`, (client) =>
    client.indices.resolveIndex({ name: patternOf(elasticsearch, kind) }),
  );
  return resolvedSchema
    .parse(answer)
    .indices.flatMap(({ name }) => monthIn(elasticsearch, kind, name) ?? [])
    .sort();
}

/** The month in an index's name; undefined where it is of another kind. */
export function monthIn(elasticsearch: Elasticsearch, kind: string, name: string): Month | undefined {
  const month = name.slice(indexOf(elasticsearch, kind, "").length);
  return /^\d{4,}\.\d\d$/.test(month) && name === indexOf(elasticsearch, kind, month) ? month : undefined;
}

/**
 * Deletes the indices of the months before that of `day`. Returns how much they held, as `count` tells for the name of
 * an index. They are deleted by name: a pattern may not be allowed. Throws StoreUnavailable.
 */
export async function dropMonths(
  elasticsearch: Elasticsearch,
  kind: string,
  day: Day,
  count: (index: string) => Promise<number>,
): Promise<number> {
  const purpose = `drop old months of ${kind}`;
  let dropped = 0;
  for (const month of await monthsOf(elasticsearch, kind)) {
    if (month >= monthOf(day)) continue;
    const index = indexOf(elasticsearch, kind, month);
    await refresh(elasticsearch, purpose, index);
    const held = await count(index);
    const found = await elasticsearch.find(purpose, (client) => client.indices.delete({ index }));
    if (found !== undefined) dropped += held;
  }
  return dropped;
}

const resolvedSchema = z.object({ indices: z.array(z.object({ name: z.string() })) });
