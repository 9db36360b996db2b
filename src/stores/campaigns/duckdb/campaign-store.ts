import type { DuckDBConnection } from "@duckdb/node-api";
import type { Arm, Assignment, Campaign } from "#churn/campaign/campaign.ts";
import type { CampaignResult } from "#churn/campaign/result.ts";
import type { Day } from "#churn/day.ts";
import type { DuckDbDatabase } from "../../connections/duckdb/database.ts";
import { deleteUsers } from "../../connections/duckdb/delete-users.ts";
import type { DuckDbSession } from "../../connections/duckdb/session.ts";
import { monthNumber } from "../../month.ts";
import type { CampaignAssignment, CampaignStore, LeftOut, StoredCampaign, TimeRange } from "../campaign-store.ts";
import { UsersTaken } from "../failures.ts";
import { groupByUser } from "../group-by-user.ts";
import {
  appendAssignments,
  countArms,
  findAssignments,
  findTaken,
  streamAssignments,
  streamOverlapping,
} from "./assignments.ts";
import { changeCampaign, insertCampaign, readCampaign, readCampaigns } from "./campaigns.ts";
import { createCampaignTables } from "./schema.ts";

/** Campaigns in a DuckDB file: for one process. */
export class DuckDbCampaignStore implements CampaignStore {
  readonly #database: DuckDbDatabase;
  readonly #writes: DuckDbSession;
  readonly #reads: DuckDbSession;

  private constructor(database: DuckDbDatabase, writes: DuckDbSession, reads: DuckDbSession) {
    this.#database = database;
    this.#writes = writes;
    this.#reads = reads;
  }

  /** The campaigns in `database`, whose tables are created if missing. */
  static async open(database: DuckDbDatabase): Promise<DuckDbCampaignStore> {
    const writes = await database.session();
    await writes.transaction("open the campaigns", createCampaignTables);
    return new DuckDbCampaignStore(database, writes, await database.session());
  }

  create(campaign: Campaign): Promise<void> {
    const sizes = { treatment: 0, control: 0 };
    return this.#writes.transaction("create a campaign", (connection) =>
      insertCampaign(connection, { ...campaign, isFrozen: false, sizes }),
    );
  }

  assign(campaign: Campaign, assignments: readonly Assignment[]): Promise<void> {
    return this.#writes.transaction("assign users to a campaign", (connection) =>
      appendAssignments(connection, campaign, assignments),
    );
  }

  freeze(campaignId: string, leftOut?: LeftOut, isCapped?: boolean): Promise<StoredCampaign> {
    return this.#freeze(campaignId, { leftOut, isCapped });
  }

  freezeAlone(campaignId: string, leftOut?: LeftOut, isCapped?: boolean): Promise<StoredCampaign> {
    return this.#freeze(campaignId, { leftOut, isCapped }, async (connection, campaign) => {
      // One write at a time: none can come between this and the end of the transaction.
      const taken = await findTaken(connection, campaign);
      if (taken.users > 0) throw new UsersTaken(campaignId, taken);
    });
  }

  campaigns(): Promise<readonly StoredCampaign[]> {
    return this.#reads.run("read the campaigns", readCampaigns);
  }

  campaign(campaignId: string): Promise<StoredCampaign | undefined> {
    return this.#reads.run("read a campaign", (connection) => readCampaign(connection, campaignId));
  }

  assignments(campaignId: string, arm?: Arm): AsyncIterable<Assignment> {
    return this.#database.stream("read a campaign", (connection, unreadable) =>
      streamAssignments(connection, campaignId, arm, unreadable),
    );
  }

  assignmentsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly CampaignAssignment[]>> {
    return this.#reads.run("read campaigns of users", async (connection, unreadable) =>
      groupByUser(await findAssignments(connection, userIds, unreadable)),
    );
  }

  overlapping(range: TimeRange): AsyncIterable<CampaignAssignment> {
    return this.#database.stream("read campaigns", (connection, unreadable) =>
      streamOverlapping(connection, range, unreadable),
    );
  }

  async recordResult(campaignId: string, result: CampaignResult): Promise<void> {
    await this.#writes.transaction("keep the result of a campaign", (connection) =>
      changeCampaign(connection, campaignId, (there) => ({ ...there, result })),
    );
  }

  remove(campaignId: string): Promise<number | undefined> {
    return this.#writes.transaction("remove a campaign", async (connection) => {
      const { rowsChanged } = await connection.run("DELETE FROM campaigns WHERE id = $1", [campaignId]);
      const removed = await connection.run("DELETE FROM assignments WHERE campaign = $1", [campaignId]);
      return rowsChanged === 0 ? undefined : removed.rowsChanged;
    });
  }

  erase(userIds: readonly string[]): Promise<number> {
    return this.#writes.transaction("erase users from campaigns", (connection) =>
      deleteUsers(connection, "assignments", userIds),
    );
  }

  dropMonthsBefore(day: Day): Promise<number> {
    return this.#writes.transaction("drop assignments of old campaigns", async (connection) => {
      const result = await connection.run(`DELETE FROM assignments WHERE month < ${monthNumber(day)}`);
      return result.rowsChanged;
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#writes.close(), this.#reads.close()]);
  }

  /** `check` throws for a campaign that must not be frozen; it runs in the transaction that freezes it. */
  #freeze(
    campaignId: string,
    told: Pick<StoredCampaign, "leftOut" | "isCapped">,
    check?: (connection: DuckDBConnection, campaign: StoredCampaign) => Promise<void>,
  ): Promise<StoredCampaign> {
    return this.#writes.transaction("freeze a campaign", (connection) =>
      changeCampaign(connection, campaignId, async (there) => {
        if (there.isFrozen) return there;
        await check?.(connection, there);
        return { ...there, isFrozen: true, sizes: await countArms(connection, campaignId), ...told };
      }),
    );
  }
}
