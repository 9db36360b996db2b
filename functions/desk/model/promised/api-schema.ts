import * as z from "zod";
import { formatDay } from "#churn/day.ts";
import { withBounds } from "#churn/metrics/delete-one.ts";
import type { MonthOfPromises } from "#churn/promises/by-month.ts";
import type { Promises } from "#churn/promises/promises.ts";
import type { SegmentQuality } from "#churn/segments/judge-rows.ts";
import type { PromisesRead } from "#stores/ledger/read-promises.ts";
import type { PromisedBySegment } from "./by-segment.ts";

const figure = z
  .object({ value: z.number(), low: z.number().optional(), high: z.number().optional() })
  .describe("With its 95 % interval, where there are enough users to tell.");

const ranking = { auc: figure.optional(), capture: figure.optional() };

const shownPromises = z.object({
  nights: z.int(),
  users: z.number().describe("On an average night, as promised and left."),
  promised: z.number().describe("The sum of the probabilities."),
  left: z.number(),
  ratio: figure,
  log_loss: figure,
  ...ranking,
  recency: z
    .object({ ...ranking, auc_gain: figure.optional() })
    .optional()
    .describe("The same users by the days since their last action alone."),
});

const shownMonth = z.object({
  month: z.string(),
  all: shownPromises,
  versions: z.array(z.object({ version: z.string(), promises: shownPromises })),
});

/** What lists promised, and what happened. */
export const shownPromisesRead = z.object({
  newest: shownPromises.optional().describe("Of the newest 28 nights that are judged."),
  shown: z.array(shownMonth).describe("Of what was shown, the newest month first."),
  shadow: z.array(shownMonth).describe("Of what challengers scored in shadow."),
  next: z
    .object({ snapshot: z.string(), from: z.string(), log_to: z.string() })
    .optional()
    .describe(
      "The oldest list that is not judged yet, from which day on it can be, and up to where the log must reach.",
    ),
});

export function promisesReadShown({ newest, shown, shadow, next }: PromisesRead): z.input<typeof shownPromisesRead> {
  return {
    newest: newest && promisesShown(newest),
    shown: shown.map(monthShown),
    shadow: shadow.map(monthShown),
    next: next && { snapshot: formatDay(next.snapshot), from: formatDay(next.from), log_to: formatDay(next.logTo) },
  };
}

function monthShown({ month, all, versions }: MonthOfPromises): z.input<typeof shownMonth> {
  return {
    month,
    all: promisesShown(all),
    versions: versions.map(({ version, promises }) => ({ version, promises: promisesShown(promises) })),
  };
}

function promisesShown(promises: Promises): z.input<typeof shownPromises> {
  const { nights, users, promised, left, ratio, logLoss, auc, capture, recency } = promises;
  return {
    ...{ nights, users, promised, left, ratio: withBounds(ratio), log_loss: withBounds(logLoss) },
    ...{ auc: auc && withBounds(auc), capture: capture && withBounds(capture) },
    recency: recency && {
      auc: recency.auc && withBounds(recency.auc),
      capture: recency.capture && withBounds(recency.capture),
      auc_gain: recency.aucGain && withBounds(recency.aucGain),
    },
  };
}

/** How good probabilities were for some users. */
export const shownSegment = z.object({
  rows: z.int().describe("A row is one user on one day."),
  left: z.int(),
  promised: z.number(),
  share_at_risk: figure.optional(),
  ratio: figure
    .optional()
    .describe("Left over promised, with its 95 % interval; absent where there are too few to tell."),
  auc: figure.optional(),
  recency_auc: figure.optional().describe("Of the same rows by the days since the last action alone."),
  log_loss: figure.optional(),
  log_loss_difference: figure.optional().describe("Less that of the other version: below 0 is better."),
});

export function segmentShown({
  rows,
  churned,
  promised,
  shareAtRisk,
  quality,
}: SegmentQuality): z.input<typeof shownSegment> {
  return {
    ...{ rows, left: churned, promised, share_at_risk: shareAtRisk ?? undefined },
    ...(quality !== null && {
      ...{ ratio: quality.ratio, auc: quality.auc, recency_auc: quality.recencyAuc ?? undefined },
      ...{ log_loss: quality.logLoss, log_loss_difference: quality.difference ?? undefined },
    }),
  };
}

/** What was shown of some users against what they did, by parts of them. */
export const shownBySegment = z.object({
  nights: z.array(z.string()).describe("Those that were read, at most eight; none while nothing can be compared."),
  share: z.number().describe("Of all users, the share that was read."),
  all: shownSegment.optional(),
  divisions: z.array(
    z.object({ by: z.string(), parts: z.array(z.object({ name: z.string(), quality: shownSegment })) }),
  ),
});

export function bySegmentShown(promised: PromisedBySegment | undefined): z.input<typeof shownBySegment> {
  if (promised === undefined) return { nights: [], share: 0, divisions: [] };
  return {
    nights: promised.nights.map(formatDay),
    share: promised.share,
    all: segmentShown(promised.all),
    divisions: promised.divisions.map(({ by, parts }) => ({
      by,
      parts: parts.map(({ name, quality }) => ({ name, quality: segmentShown(quality) })),
    })),
  };
}
