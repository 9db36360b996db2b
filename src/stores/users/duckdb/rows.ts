import {
  DOUBLE,
  DuckDBBooleanVector,
  DuckDBDoubleVector,
  DuckDBIntegerVector,
  type DuckDBResult,
  DuckDBVarCharVector,
  INTEGER,
  LIST,
  listValue,
  UTINYINT,
  VARCHAR,
} from "@duckdb/node-api";
import * as z from "zod";
import { bucketOf } from "#churn/action.ts";
import { jsonText } from "#churn/json-text.ts";
import { type ListedUser, reasonGroups, valueAtRisk } from "#churn/list/listed-user.ts";
import { risksThen } from "#churn/risk-change.ts";
import type { Column } from "../../connections/duckdb/append.ts";
import { columnOf } from "../../connections/duckdb/read.ts";
import { reasonsSchema, riskSchema } from "../../features/score-schema.ts";
import { stateSchema } from "../../ledger/entry-schema.ts";
import { aDay, finite, present, type UnreadableRows } from "../../unreadable-rows.ts";
import type { Place } from "../cursor.ts";
import { formerScoresIn } from "./former-scores.ts";

/** A row of the table. */
export interface WrittenUser extends ListedUser {
  readonly writtenAt: number;
}

export const columns: Column<WrittenUser>[] = [
  ["bucket", UTINYINT, ({ userId }) => bucketOf(userId)],
  ["user_id", VARCHAR, ({ userId }) => userId],
  ["state", VARCHAR, ({ state }) => state],
  ["lapsed_since", INTEGER, ({ lapsedSince }) => lapsedSince ?? null],
  ["snapshot", INTEGER, ({ snapshot }) => snapshot],
  ["model_version", VARCHAR, ({ modelVersion }) => modelVersion],
  ["probability", DOUBLE, ({ probability }) => probability ?? null],
  ["risk", VARCHAR, ({ risk }) => risk ?? null],
  ["value", DOUBLE, ({ value }) => value ?? null],
  ["value_at_risk", DOUBLE, (user) => valueAtRisk(user) ?? null],
  ["silence", DOUBLE, ({ silence }) => silence ?? null],
  ["tenure", DOUBLE, ({ tenure }) => tenure ?? null],
  ["active_days", DOUBLE, ({ activeDays }) => activeDays ?? null],
  ["usual_gap", DOUBLE, ({ usualGap }) => usualGap ?? null],
  ["typical_gap", DOUBLE, ({ typicalGap }) => typicalGap ?? null],
  ["reason_groups", LIST(VARCHAR), (user) => listValue(reasonGroups(user))],
  ["reasons", VARCHAR, ({ reasons }) => JSON.stringify(reasons)],
  ["written", DOUBLE, ({ writtenAt }) => writtenAt],
];

/** What is read of a row, in this order. */
export const readColumns = `user_id, state, lapsed_since, snapshot, model_version, probability, risk, value, silence,
  tenure, active_days, usual_gap, typical_gap, reasons, risk_before, was_at_risk, told_risk, told_at_risk, begun_risk`;

/** A row, and the user in it; undefined if that cannot be read. */
export interface ReadUser {
  readonly place: Place;
  readonly user: ListedUser | undefined;
}

/** Rows of `readColumns`, and after them what they are sorted by and, where they are asked for, `former_scores`. */
export async function* readUsers(
  result: DuckDBResult,
  unreadable: UnreadableRows,
  { withFormerScores = false }: { readonly withFormerScores?: boolean } = {},
): AsyncGenerator<ReadUser> {
  for await (const chunk of result) {
    const texts = (column: number) => columnOf(chunk, column, DuckDBVarCharVector);
    const numbers = (column: number) => columnOf(chunk, column, DuckDBDoubleVector);
    const days = (column: number) => columnOf(chunk, column, DuckDBIntegerVector);
    const [users, states, versions, risks, reasons] = [texts(0), texts(1), texts(4), texts(6), texts(13)];
    const risksBeforeNow = texts(14);
    const [toldRisks, begunRisks] = [texts(16), texts(18)];
    const [wereAtRisk, toldAtRisk] = [15, 17].map((column) => columnOf(chunk, column, DuckDBBooleanVector));
    const [lapsedSince, snapshots] = [days(2), days(3)];
    const [probabilities, values, silences] = [numbers(5), numbers(7), numbers(8)];
    const [tenures, activeDays, usualGaps, typicalGaps] = [numbers(9), numbers(10), numbers(11), numbers(12)];
    const keys = numbers(19);
    const formerScores = withFormerScores ? formerScoresIn(chunk, 20) : () => ({});
    for (let row = 0; row < chunk.rowCount; row++) {
      const userId = users.getItem(row) ?? afterAllIds;
      const user = unreadable.attempt(
        () => ({ place: "listed_users", userId }),
        (): ListedUser => ({
          userId: present(users.getItem(row), "user_id"),
          state: stateSchema.parse(states.getItem(row)),
          lapsedSince: lapsedSince.getItem(row) === null ? undefined : aDay(lapsedSince.getItem(row), "lapsed_since"),
          snapshot: aDay(snapshots.getItem(row), "snapshot"),
          modelVersion: present(versions.getItem(row), "model_version"),
          probability: finite(probabilities.getItem(row), "probability"),
          risk: risk.parse(risks.getItem(row)) ?? undefined,
          ...listBefore(risksBeforeNow.getItem(row), wereAtRisk?.getItem(row) ?? null),
          ...listTold(toldRisks.getItem(row), toldAtRisk?.getItem(row) ?? null),
          ...listBegun(begunRisks.getItem(row)),
          ...formerScores(row),
          value: finite(values.getItem(row), "value"),
          silence: finite(silences.getItem(row), "silence"),
          tenure: finite(tenures.getItem(row), "tenure"),
          activeDays: finite(activeDays.getItem(row), "active_days"),
          usualGap: finite(usualGaps.getItem(row), "usual_gap"),
          typicalGap: finite(typicalGaps.getItem(row), "typical_gap"),
          reasons: reasonsText.parse(reasons.getItem(row)),
        }),
      );
      yield { place: { key: keys.getItem(row) ?? 0, userId }, user };
    }
  }
}

function listBefore(risk: string | null, wasAtRisk: boolean | null): Pick<ListedUser, "riskBefore" | "wasAtRisk"> {
  return risk === null ? {} : { riskBefore: riskBefore.parse(risk), wasAtRisk: wasAtRisk ?? risk === "high" };
}

/** Who was on a list, but on none that was told of, is known not to have been told at risk. */
function listTold(risk: string | null, isAtRisk: boolean | null): Pick<ListedUser, "toldRisk" | "toldAtRisk"> {
  if (risk === null) return isAtRisk === null ? {} : { toldAtRisk: isAtRisk };
  return { toldRisk: riskBefore.parse(risk), toldAtRisk: isAtRisk ?? risk === "high" };
}

function listBegun(risk: string | null): Pick<ListedUser, "begunRisk"> {
  return risk === null ? {} : { begunRisk: riskBefore.parse(risk) };
}

/** Where a row without an id is sorted. */
const afterAllIds = "\u{10ffff}";

const riskBefore = z.enum(risksThen);
const risk = riskSchema.nullable();
const reasonsText = jsonText(reasonsSchema);
