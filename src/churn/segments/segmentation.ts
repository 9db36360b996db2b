import * as z from "zod";
import type { ChurnDefinition } from "../definition.ts";
import type { Dataset } from "../features/dataset.ts";
import { activeDays } from "../features/kinds/activity.ts";
import { tenure } from "../features/kinds/tenure.ts";
import { totalValue } from "../features/kinds/value.ts";
import { selectColumn } from "../features/select-rows.ts";
import { days } from "../number-words.ts";
import { quantile } from "../quantile.ts";

/** A way to divide users by the value of one feature: into about four bands. */
export const segmentationSchema = z.object({
  by: z.enum(["tenure", "activity", "value"]),
  /** The feature's name. */
  feature: z.string(),
  /** The highest value of each band but the last, ascending. */
  edges: z.array(z.number()),
  /** Each band in words. */
  words: z.array(z.string()),
});

export type Segmentation = z.infer<typeof segmentationSchema>;

/**
 * Bands that hold about a quarter each of the rows that `keep` accepts by their index, by tenure, recent activity and value. A way
 * that would leave all of them in one band is left out, as value is where actions carry none.
 */
export function segmentationsOf(
  data: Dataset,
  churn: ChurnDefinition,
  keep: (row: number) => boolean = () => true,
): Segmentation[] {
  return ways(churn).flatMap(({ by, feature, round, tell }) => {
    if (!data.names.includes(feature)) return [];
    const { x: values } = selectColumn(data, feature, keep);
    if (values.length === 0) return [];
    const edges = edgesOf(values.sort(), round);
    if (edges.length === 0) return [];
    const words = [...edges, undefined].map((edge, i) => tell(edges[i - 1], edge));
    return [{ by, feature, edges, words }];
  });
}

/** Which band a value is in. */
export function bandOf({ edges }: Pick<Segmentation, "edges">, value: number): number {
  const band = edges.findIndex((edge) => value <= edge);
  return band === -1 ? edges.length : band;
}

interface Way {
  readonly by: Segmentation["by"];
  readonly feature: string;
  /** To a number that is easy to say. */
  readonly round: (edge: number) => number;
  /** The band above `over` up to `upTo`; undefined where it is open. */
  readonly tell: (over: number | undefined, upTo: number | undefined) => string;
}

function ways({ churnDays, observeDays }: ChurnDefinition): Way[] {
  return [
    {
      by: "tenure",
      feature: tenure.nameOf({}),
      round: Math.floor,
      tell: (over, upTo) => {
        if (over === undefined) return `first ${days(upTo ?? 0)}`;
        return upTo === undefined ? `more than ${days(over)} since the first action` : `day ${over + 1} to ${upTo}`;
      },
    },
    {
      by: "activity",
      feature: activeDays.nameOf({ days: churnDays }),
      round: Math.floor,
      tell: (over, upTo) => `${countInWords(over, upTo)} in the last ${days(churnDays)}`,
    },
    {
      by: "value",
      feature: totalValue.nameOf({ days: observeDays }),
      round: twoDigits,
      tell: (over, upTo) => `${valueInWords(over, upTo)} in the last ${days(observeDays)}`,
    },
  ];
}

function edgesOf(sorted: Float64Array, round: (edge: number) => number): number[] {
  const [least = 0, most = 0] = [sorted[0], sorted.at(-1)];
  const edges = [0.25, 0.5, 0.75].map((share) => round(quantile(sorted, share)));
  return [...new Set(edges)].filter((edge) => edge >= least && edge < most);
}

function countInWords(over: number | undefined, upTo: number | undefined): string {
  if (upTo === undefined) return `more than ${over} active ${over === 1 ? "day" : "days"}`;
  const from = over === undefined ? 1 : over + 1;
  if (upTo <= from) return upTo === 1 ? "1 active day" : `${upTo} active days`;
  return `${from} to ${upTo} active days`;
}

function valueInWords(over: number | undefined, upTo: number | undefined): string {
  const amount = (value: number) => value.toLocaleString("en-US");
  if (upTo === undefined) return `value of more than ${amount(over ?? 0)}`;
  if (over === undefined) return upTo === 0 ? "no value" : `value up to ${amount(upTo)}`;
  return over === 0 ? `value up to ${amount(upTo)}` : `value of ${amount(over)} to ${amount(upTo)}`;
}

/** To two significant digits. */
function twoDigits(value: number): number {
  return Number(value.toPrecision(2));
}
