import {
  DOUBLE,
  DuckDBBooleanVector,
  type DuckDBConnection,
  DuckDBDoubleVector,
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
import { type Arm, type ArmSizes, type Assignment, type Campaign, endOf, windowEnd } from "#churn/campaign/campaign.ts";
import { dayOf } from "#churn/day.ts";
import { appendIncoming, type Column, chunksOf, createIncoming } from "../../connections/duckdb/append.ts";
import { columnOf, listsOf, readRows } from "../../connections/duckdb/read.ts";
import { ofUsers, userIdsText } from "../../connections/duckdb/some-users.ts";
import { timeOrEndOfMonth } from "../../connections/duckdb/time-or-month.ts";
import { monthNumber } from "../../month.ts";
import { finite, present, type RowReading, type UnreadableRows } from "../../unreadable-rows.ts";
import { armSchema } from "../campaign-schema.ts";
import type { CampaignAssignment, TimeRange } from "../campaign-store.ts";
import { namelessAssignment, type Taken } from "../failures.ts";

/** Adds the assignments of users who have none yet. Must run in a transaction. */
export async function appendAssignments(
  connection: DuckDBConnection,
  campaign: Campaign,
  assignments: readonly Assignment[],
): Promise<void> {
  const month = monthNumber(dayOf(endOf(campaign)));
  const columns: Column<Assignment>[] = [
    ["month", INTEGER, () => month],
    ["campaign", VARCHAR, () => campaign.id],
    ["bucket", UTINYINT, ({ userId }) => bucketOf(userId)],
    ["user_id", VARCHAR, ({ userId }) => userId],
    ["arm", VARCHAR, ({ arm }) => arm],
    ["assigned", DOUBLE, ({ assignedAt }) => assignedAt],
    ["closes", DOUBLE, ({ assignedAt }) => windowEnd(assignedAt, campaign.windowDays)],
    ["probability", DOUBLE, ({ probability }) => probability ?? null],
    ["value", DOUBLE, ({ value }) => value ?? null],
    ["covariates", LIST(DOUBLE), ({ covariates }) => listValue(covariates)],
    ["outcomes", LIST(DOUBLE), ({ outcomes }) => listValue(outcomes)],
  ];
  const first = new Map<string, Assignment>();
  for (const assignment of assignments) if (!first.has(assignment.userId)) first.set(assignment.userId, assignment);
  await connection.run(createIncoming(columns));
  await appendIncoming(connection, chunksOf([...first.values()], columns));
  await connection.run(
    `INSERT INTO assignments BY NAME
     FROM incoming ANTI JOIN (FROM assignments WHERE month = ${month} AND campaign = $1) known USING (bucket, user_id)
     ORDER BY bucket, user_id`,
    [campaign.id],
  );
}

export async function countArms(connection: DuckDBConnection, campaignId: string): Promise<ArmSizes> {
  const result = await connection.run(
    `SELECT count(*) FILTER (arm = 'treatment')::DOUBLE, count(*) FILTER (arm = 'control')::DOUBLE
     FROM assignments WHERE campaign = $1`,
    [campaignId],
  );
  const [row] = await readRows(result, z.tuple([z.int(), z.int()]));
  return { treatment: row?.[0] ?? 0, control: row?.[1] ?? 0 };
}

/** By bucket and user id. Must run in a transaction of its own. */
export async function* streamAssignments(
  connection: DuckDBConnection,
  campaignId: string,
  arm: Arm | undefined,
  unreadable: UnreadableRows,
): AsyncGenerator<Assignment> {
  const result = await connection.stream(
    `SELECT user_id, arm, assigned, probability, value, covariates, outcomes FROM assignments
     WHERE campaign = $1 AND ($2 = '' OR arm = $2) ORDER BY bucket, user_id`,
    [campaignId, arm ?? ""],
  );
  yield* assignmentsIn(result, campaignId, unreadable);
}

/** Assignments in the columns user, arm, time of assignment, probability, value, covariates and outcomes. */
export async function* assignmentsIn(
  result: DuckDBResult,
  campaignId: string,
  unreadable: RowReading,
): AsyncGenerator<Assignment> {
  for await (const chunk of result) {
    const users = columnOf(chunk, 0, DuckDBVarCharVector);
    const arms = columnOf(chunk, 1, DuckDBVarCharVector);
    const times = columnOf(chunk, 2, DuckDBDoubleVector);
    const probabilities = columnOf(chunk, 3, DuckDBDoubleVector);
    const values = columnOf(chunk, 4, DuckDBDoubleVector);
    const covariates = listsOf(chunk, 5, DuckDBDoubleVector);
    const outcomes = listsOf(chunk, 6, DuckDBDoubleVector);
    for (let row = 0; row < chunk.rowCount; row++) {
      const assignment = unreadable.attempt(
        () => ({ place: "assignments", key: campaignId, userId: users.getItem(row) ?? undefined }),
        (): Assignment => ({
          userId: present(users.getItem(row), "user_id"),
          arm: armSchema.parse(arms.getItem(row)),
          assignedAt: present(times.getItem(row), "assigned"),
          probability: finite(probabilities.getItem(row), "probability"),
          value: finite(values.getItem(row), "value"),
          covariates: covariates(row).map((value) => value ?? Number.NaN),
          outcomes: outcomes(row),
        }),
      );
      if (assignment !== undefined) yield assignment;
    }
  }
}

/** The assignments of these users to frozen campaigns, in any order. */
export async function findAssignments(
  connection: DuckDBConnection,
  userIds: readonly string[],
  unreadable: UnreadableRows,
): Promise<CampaignAssignment[]> {
  if (userIds.length === 0) return [];
  const result = await connection.stream(
    `SELECT ${columns} FROM assignments
     WHERE ${ofUsers(userIds, "$1")} AND ${isFrozen} ORDER BY ${assignedAt}, campaign`,
    [userIdsText(userIds)],
  );
  const found: CampaignAssignment[] = [];
  for await (const assignment of read(result, unreadable)) found.push(assignment);
  return found;
}

/** Those of a campaign's users who are in other frozen campaigns whose windows are open when it starts. */
export async function findTaken(connection: DuckDBConnection, { id, startsAt }: Campaign): Promise<Taken> {
  const result = await connection.run(
    `SELECT count(DISTINCT user_id)::DOUBLE, coalesce(list(DISTINCT other.campaign ORDER BY other.campaign), [])::VARCHAR[]
     FROM (FROM assignments WHERE campaign = $1) own
     JOIN (FROM assignments WHERE campaign <> $1 AND ${closesAt} > $2 AND ${isFrozen}) other USING (bucket, user_id)`,
    [id, startsAt],
    [VARCHAR, DOUBLE],
  );
  const [row] = await readRows(result, z.tuple([z.int(), listOfTexts]));
  return { users: row?.[0] ?? 0, campaigns: row?.[1] ?? [] };
}

/** Must run in a transaction of its own. */
export async function* streamOverlapping(
  connection: DuckDBConnection,
  { from, before }: TimeRange,
  unreadable: UnreadableRows,
): AsyncGenerator<CampaignAssignment> {
  yield* read(
    await connection.stream(
      `SELECT ${columns} FROM assignments WHERE ${assignedAt} < $1 AND ${closesAt} > $2 AND ${isFrozen}
       ORDER BY bucket, user_id, campaign`,
      [before, from],
      [DOUBLE, DOUBLE],
    ),
    unreadable,
  );
}

const listOfTexts = z.array(z.string());

/** Where these cannot be read, a window counts as open for as long as it may have been. */
const assignedAt = "CASE WHEN isfinite(assigned) THEN assigned ELSE 0 END";
const closesAt = timeOrEndOfMonth("closes");

const columns = `campaign, user_id, arm, ${assignedAt}, ${closesAt}, coalesce(isfinite(assigned) AND isfinite(closes), false)`;
/** One that cannot be read counts as frozen: training must not learn from what it may have changed, nor another take its users. */
const isFrozen = `campaign IN (
  SELECT id FROM campaigns
  WHERE coalesce(CASE WHEN json_valid(document) THEN document ->> '$.isFrozen' END, 'true') <> 'false')`;

/**
 * Who is in a campaign stays in it where the arm or a time of theirs cannot be read, as one who was treated: nobody may learn
 * from them as if nothing had been done, nor take them again. Throws StoreDamaged where it cannot be read who it is.
 */
async function* read(result: DuckDBResult, unreadable: UnreadableRows): AsyncGenerator<CampaignAssignment> {
  for await (const chunk of result) {
    const campaigns = columnOf(chunk, 0, DuckDBVarCharVector);
    const users = columnOf(chunk, 1, DuckDBVarCharVector);
    const arms = columnOf(chunk, 2, DuckDBVarCharVector);
    const assigned = columnOf(chunk, 3, DuckDBDoubleVector);
    const closes = columnOf(chunk, 4, DuckDBDoubleVector);
    const areTimes = columnOf(chunk, 5, DuckDBBooleanVector);
    for (let row = 0; row < chunk.rowCount; row++) {
      const campaignId = campaigns.getItem(row) ?? "";
      const userId = users.getItem(row);
      if (userId === null) throw namelessAssignment(campaignId);
      const name = () => ({ place: "assignments", key: campaignId, userId });
      const arm = unreadable.attempt(name, () => {
        present(areTimes.getItem(row) || null, "assigned or closes");
        return armSchema.parse(arms.getItem(row));
      });
      yield {
        ...{ campaignId, userId, arm: arm ?? "treatment" },
        ...{ assignedAt: assigned.getItem(row) ?? 0, closesAt: closes.getItem(row) ?? 0 },
      };
    }
  }
}
