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

export async function* readUsers(result: DuckDBResult): AsyncGenerator<ListedUser> {
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
    for (let row = 0; row < chunk.rowCount; row++) {
      const risk = risks.getItem(row);
      yield {
        userId: users.getItem(row) ?? "",
        state: stateSchema.parse(states.getItem(row)),
        lapsedSince: lapsedSince.getItem(row) ?? undefined,
        snapshot: snapshots.getItem(row) ?? 0,
        modelVersion: versions.getItem(row) ?? "",
        probability: probabilities.getItem(row) ?? undefined,
        risk: risk === null ? undefined : riskSchema.parse(risk),
        ...listBefore(risksBeforeNow.getItem(row), wereAtRisk?.getItem(row) ?? null),
        ...listTold(toldRisks.getItem(row), toldAtRisk?.getItem(row) ?? null),
        ...listBegun(begunRisks.getItem(row)),
        value: values.getItem(row) ?? undefined,
        silence: silences.getItem(row) ?? undefined,
        tenure: tenures.getItem(row) ?? undefined,
        activeDays: activeDays.getItem(row) ?? undefined,
        usualGap: usualGaps.getItem(row) ?? undefined,
        typicalGap: typicalGaps.getItem(row) ?? undefined,
        reasons: jsonText(reasonsSchema).parse(reasons.getItem(row)),
      };
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

const riskBefore = z.enum(risksThen);
