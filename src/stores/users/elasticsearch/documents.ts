import * as z from "zod";
import { bucketOf } from "#churn/action.ts";
import type { Candidate } from "#churn/campaign/candidate.ts";
import { formatDay } from "#churn/day.ts";
import { jsonText } from "#churn/json-text.ts";
import { type FormerScore, scoresInLine } from "#churn/list/former-scores.ts";
import { type ListedUser, reasonGroups, valueAtRisk } from "#churn/list/listed-user.ts";
import { isAtRisk, risksThen } from "#churn/risk-change.ts";
import type { BulkOperation } from "../../connections/elasticsearch/bulk.ts";
import { userDocumentId } from "../../connections/elasticsearch/document-id.ts";
import { dayText } from "../../features/elasticsearch/day-text.ts";
import { reasonsSchema, riskSchema } from "../../features/score-schema.ts";
import { stateSchema } from "../../ledger/entry-schema.ts";
import { type FormerLists, toldOfAll } from "../user-list.ts";

/** What is on the list of a user before they are written again. */
export interface FormerUser
  extends Pick<
    ListedUser,
    | "userId"
    | "snapshot"
    | "probability"
    | "risk"
    | "riskBefore"
    | "wasAtRisk"
    | "toldRisk"
    | "toldAtRisk"
    | "begunRisk"
    | "formerScores"
  > {
  /** When the run that wrote it began. */
  readonly writtenAt: number;
}

/** When the run that writes a document began, and what it goes by of former lists. */
export interface Writing extends FormerLists {
  readonly writtenAt: number;
}

/** What the user was on the list of an earlier snapshot; nothing if they were not on it. */
function listBefore(
  { snapshot }: ListedUser,
  former: FormerUser | undefined,
): Pick<ListedUser, "riskBefore" | "wasAtRisk"> {
  if (former === undefined) return {};
  if (former.snapshot >= snapshot) return former;
  const riskBefore = former.risk ?? "lapsed";
  return { riskBefore, wasAtRisk: isAtRisk(riskBefore, former.wasAtRisk ?? false) };
}

/** What the user was on the lists that others were told of; a run that writes a document again has told of none. */
function listTold(
  former: FormerUser | undefined,
  { writtenAt, toldThrough = toldOfAll }: Writing,
): Pick<ListedUser, "toldRisk" | "toldAtRisk" | "begunRisk"> {
  if (former === undefined) return {};
  const { toldAtRisk = former.wasAtRisk ?? false, begunRisk } = former;
  const toldRisk = former.toldAtRisk === undefined ? (former.toldRisk ?? former.riskBefore) : former.toldRisk;
  const same = { toldRisk, toldAtRisk, begunRisk };
  if (former.writtenAt >= writtenAt) return same;
  const risk = former.risk ?? "lapsed";
  const atRisk = isAtRisk(risk, toldAtRisk);
  // Of medium risk nothing is told: what was not known before is not known after it.
  if (former.writtenAt <= toldThrough.whole)
    return { toldRisk: risk, toldAtRisk: atRisk, begunRisk: risk === "medium" ? begunRisk : undefined };
  if (former.writtenAt <= toldThrough.begun && atRisk !== toldAtRisk) return { ...same, begunRisk: risk };
  return same;
}

/** Those of the former document and its own, of snapshots before the present one. */
function formerScores(
  { snapshot }: ListedUser,
  former: FormerUser | undefined,
  { scoresFrom = Number.NEGATIVE_INFINITY }: Writing,
): readonly FormerScore[] {
  if (former === undefined) return [];
  const { formerScores = [], probability } = former;
  const own =
    probability === undefined ? [] : [{ snapshot: former.snapshot, probability: toFourDecimals(probability) }];
  return [...formerScores, ...own]
    .filter((score) => score.snapshot < snapshot && score.snapshot >= scoresFrom)
    .slice(1 - scoresInLine);
}

function toFourDecimals(probability: number): number {
  return Math.round(10_000 * probability) / 10_000;
}

/**
 * Writes a user's document in place of the former one, unless a run that began later has written that: when a run began is the
 * version of its documents.
 */
export function userOperation(
  index: string,
  user: ListedUser,
  former: FormerUser | undefined,
  writing: Writing,
): BulkOperation {
  const { writtenAt } = writing;
  const before = listBefore(user, former);
  const told = listTold(former, writing);
  return {
    action: JSON.stringify({
      index: { _index: index, _id: userDocumentId(user.userId), version: writtenAt, version_type: "external_gte" },
    }),
    document: JSON.stringify({
      user: { id: user.userId },
      lapse: {
        bucket: bucketOf(user.userId),
        state: user.state,
        lapsed_since: user.lapsedSince === undefined ? undefined : formatDay(user.lapsedSince),
        snapshot: formatDay(user.snapshot),
        model_version: user.modelVersion,
        probability: user.probability,
        risk: user.risk,
        risk_before: before.riskBefore,
        was_at_risk: before.wasAtRisk,
        told_risk: told.toldRisk,
        told_at_risk: told.toldAtRisk,
        begun_risk: told.begunRisk,
        value: user.value,
        value_at_risk: valueAtRisk(user),
        silence: user.silence,
        tenure: user.tenure,
        active_days: user.activeDays,
        usual_gap: user.usualGap,
        typical_gap: user.typicalGap,
        reason_groups: reasonGroups(user),
        reasons: user.reasons,
        former_scores: textOfScores(formerScores(user, former, writing)),
        written: writtenAt,
      },
    }),
  };
}

const documentSchema = z.object({
  user: z.object({ id: z.string() }),
  lapse: z.object({
    state: stateSchema,
    lapsed_since: dayText.optional(),
    snapshot: dayText,
    model_version: z.string(),
    probability: z.number().optional(),
    risk: riskSchema.optional(),
    risk_before: z.enum(risksThen).optional(),
    // Not in documents that were written before it was kept.
    was_at_risk: z.boolean().optional(),
    told_risk: z.enum(risksThen).optional(),
    told_at_risk: z.boolean().optional(),
    begun_risk: z.enum(risksThen).optional(),
    value: z.number().optional(),
    silence: z.number().optional(),
    tenure: z.number().optional(),
    active_days: z.number().optional(),
    usual_gap: z.number().optional(),
    typical_gap: z.number().optional(),
    reasons: reasonsSchema,
    // Not in documents that were written before they were kept.
    former_scores: z.string().optional(),
    written: z.number(),
  }),
});

export const userSource = documentSchema.transform(listedUserOf);

/** With the scores of former lists, which are many more numbers than all else. */
export const userWithFormerScores = documentSchema.transform(
  (document): ListedUser => ({
    ...listedUserOf(document),
    formerScores: scoresText.parse(document.lapse.former_scores),
  }),
);

export const formerSource = documentSchema.transform(
  (document): FormerUser => ({
    ...listedUserOf(document),
    // Those that cannot be read must not make every later document unreadable.
    formerScores: scoresText.safeParse(document.lapse.former_scores).data,
    writtenAt: document.lapse.written,
  }),
);

/** What is read of a candidate. */
export const candidateFields = [
  "user.id",
  ...["probability", "value", "silence", "tenure", "active_days"].map((name) => `lapse.${name}`),
];

export const candidateSource = z
  .object({
    user: documentSchema.shape.user,
    lapse: documentSchema.shape.lapse
      .pick({ value: true, silence: true, tenure: true, active_days: true })
      .extend({ probability: z.number() }),
  })
  .transform(
    ({ user, lapse: { active_days, ...numbers } }): Candidate => ({
      userId: user.id,
      probability: numbers.probability,
      value: numbers.value,
      silence: numbers.silence,
      tenure: numbers.tenure,
      activeDays: active_days,
    }),
  );

/** Of each snapshot and probability, in JSON: a text costs who does not read it next to nothing. */
const scoresText = jsonText(
  z.array(
    z
      .tuple([z.int(), z.number().min(0).max(1)])
      .transform(([snapshot, probability]): FormerScore => ({ snapshot, probability })),
  ),
).optional();

function textOfScores(scores: readonly FormerScore[]): string {
  return JSON.stringify(scores.map(({ snapshot, probability }) => [snapshot, probability]));
}

function listedUserOf({ user, lapse }: z.output<typeof documentSchema>): ListedUser {
  return {
    userId: user.id,
    state: lapse.state,
    lapsedSince: lapse.lapsed_since,
    snapshot: lapse.snapshot,
    modelVersion: lapse.model_version,
    probability: lapse.probability,
    risk: lapse.risk,
    ...(lapse.risk_before === undefined
      ? {}
      : { riskBefore: lapse.risk_before, wasAtRisk: lapse.was_at_risk ?? lapse.risk_before === "high" }),
    // Who was on a list, but on none that was told of, is known not to have been told at risk.
    ...(lapse.told_risk === undefined
      ? lapse.told_at_risk !== undefined && { toldAtRisk: lapse.told_at_risk }
      : { toldRisk: lapse.told_risk, toldAtRisk: lapse.told_at_risk ?? lapse.told_risk === "high" }),
    ...(lapse.begun_risk !== undefined && { begunRisk: lapse.begun_risk }),
    value: lapse.value,
    silence: lapse.silence,
    tenure: lapse.tenure,
    activeDays: lapse.active_days,
    usualGap: lapse.usual_gap,
    typicalGap: lapse.typical_gap,
    reasons: lapse.reasons,
  };
}
