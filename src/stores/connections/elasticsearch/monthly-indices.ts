import * as z from "zod";
import type { Day } from "#churn/day.ts";
import { latestTime, type Month, monthOf } from "../../month.ts";
import type { Elasticsearch } from "./connection.ts";
import { refresh } from "./search.ts";

// Indices divided by UTC month, such as lapse-actions-2024.03. `kind` is the part between prefix and month.

export function indexOf(elasticsearch: Elasticsearch, kind: string, month: Month): string {
  return elasticsearch.index(`${kind}-${month}`);
}

export function patternOf(elasticsearch: Elasticsearch, kind: string): string {
  return elasticsearch.index(`${kind}-*`);
}

/** The months that have an index, in ascending order. */
export async function monthsOf(elasticsearch: Elasticsearch, kind: string): Promise<Month[]> {
  const answer = await elasticsearch.runPatiently(`list the months of ${kind}`, (client) =>
    client.indices.resolveIndex({ name: patternOf(elasticsearch, kind) }),
  );
  return resolvedSchema
    .parse(answer)
    .indices.flatMap(({ name }) => monthIn(elasticsearch, kind, name) ?? [])
    .sort();
}

/** The month in the name of an index; undefined if the index is of another kind. */
export function monthIn(elasticsearch: Elasticsearch, kind: string, name: string): Month | undefined {
  const month = name.slice(indexOf(elasticsearch, kind, "").length);
  return /^\d{4,}\.\d\d$/.test(month) && name === indexOf(elasticsearch, kind, month) ? month : undefined;
}

/** The latest time that may stand in an index, in milliseconds since the epoch. */
export function latestTimeIn(elasticsearch: Elasticsearch, kind: string, name: string): number {
  const [year, month] = monthIn(elasticsearch, kind, name)?.split(".").map(Number) ?? [];
  return year === undefined || month === undefined ? latestTime : Date.UTC(year, month) - 1;
}

/**
 * Deletes the indices of the months before that of `day`, by name because patterns may be forbidden. Returns the sum of
 * `count` over the names of these indices. Throws StoreUnavailable.
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
