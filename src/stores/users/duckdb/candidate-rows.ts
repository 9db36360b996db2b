import { DuckDBDoubleVector, type DuckDBResult, DuckDBVarCharVector } from "@duckdb/node-api";
import type { Candidate } from "#churn/campaign/candidate.ts";
import { columnOf } from "../../connections/duckdb/read.ts";
import { finite, present, type UnreadableRows } from "../../unreadable-rows.ts";
import { candidatesAtOnce } from "../user-list.ts";

/** What is read of a candidate, in this order. */
export const candidateColumns = "user_id, probability, value, silence, tenure, active_days";

/** Rows of `candidateColumns`, in arrays of as many as are read at once. */
export async function* readCandidates(result: DuckDBResult, unreadable: UnreadableRows): AsyncGenerator<Candidate[]> {
  let candidates: Candidate[] = [];
  for await (const chunk of result) {
    const users = columnOf(chunk, 0, DuckDBVarCharVector);
    const numbers = (column: number) => columnOf(chunk, column, DuckDBDoubleVector);
    const [probabilities, values, silences] = [numbers(1), numbers(2), numbers(3)];
    const [tenures, activeDays] = [numbers(4), numbers(5)];
    for (let row = 0; row < chunk.rowCount; row++) {
      const candidate = unreadable.attempt(
        () => ({ place: "listed_users", userId: users.getItem(row) ?? "" }),
        (): Candidate => ({
          userId: present(users.getItem(row), "user_id"),
          probability: present(probabilities.getItem(row), "probability"),
          value: finite(values.getItem(row), "value"),
          silence: finite(silences.getItem(row), "silence"),
          tenure: finite(tenures.getItem(row), "tenure"),
          activeDays: finite(activeDays.getItem(row), "active_days"),
        }),
      );
      if (candidate !== undefined) candidates.push(candidate);
      if (candidates.length < candidatesAtOnce) continue;
      yield candidates;
      candidates = [];
    }
  }
  if (candidates.length > 0) yield candidates;
}
