import { type Arm, type ArmSizes, type Assignment, type Campaign, endOf } from "#churn/campaign/campaign.ts";
import type { CampaignResult } from "#churn/campaign/result.ts";
import type { Day } from "#churn/day.ts";
import { bulk } from "../../connections/elasticsearch/bulk.ts";
import { changeDocument, readDocument } from "../../connections/elasticsearch/change-document.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { deleteMatching } from "../../connections/elasticsearch/delete-documents.ts";
import { eraseAgain } from "../../connections/elasticsearch/erasures.ts";
import { dropMonths, patternOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { requireWritten } from "../../connections/elasticsearch/require-written.ts";
import { countDocuments, type Query, refresh, search } from "../../connections/elasticsearch/search.ts";
import { inChunks } from "../../in-chunks.ts";
import { Lazy } from "../../lazy.ts";
import type { CampaignAssignment, CampaignStore, LeftOut, StoredCampaign, TimeRange } from "../campaign-store.ts";
import { CampaignExists, CampaignNotFound, type Taken, UsersTaken } from "../failures.ts";
import { groupByUser } from "../group-by-user.ts";
import {
  assignmentIndex,
  assignmentOperation,
  assignmentSource,
  campaignAddress,
  campaignAssignmentSource,
  campaignDocument,
  campaignSource,
  claimsAddress,
  claimsDocument,
  claimsSource,
} from "./documents.ts";
import { campaignIndices, makeCampaignIndices } from "./indices.ts";

/** Campaigns in Elasticsearch, with an index of assignments for each month: for any number of processes. */
export class ElasticsearchCampaignStore implements CampaignStore {
  readonly #elasticsearch: Elasticsearch;
  readonly #prepared: Lazy<void>;

  /** The caller closes `elasticsearch`; the server may be away. */
  constructor(elasticsearch: Elasticsearch) {
    this.#elasticsearch = elasticsearch;
    this.#prepared = new Lazy(() => makeCampaignIndices(elasticsearch));
  }

  async create(campaign: Campaign): Promise<void> {
    await this.#prepared.get();
    const there = await this.#change(campaign.id, "create a campaign", (found) =>
      found === undefined ? { ...campaign, isFrozen: false, sizes: { treatment: 0, control: 0 } } : undefined,
    );
    if (there !== undefined) throw new CampaignExists(campaign.id);
  }

  async assign(campaign: Campaign, assignments: readonly Assignment[]): Promise<void> {
    if (assignments.length === 0) return;
    await this.#prepared.get();
    const purpose = "assign users to a campaign";
    const operations = assignments.map((one) => assignmentOperation(this.#elasticsearch, campaign, one));
    requireWritten(purpose, await bulk(this.#elasticsearch, purpose, operations), [isThere]);
    const assigned = assignments.map(({ userId }) => userId);
    await eraseAgain(this.#elasticsearch, assigned, (erased) => this.erase(erased));
  }

  async freeze(campaignId: string, leftOut?: LeftOut, isCapped?: boolean): Promise<StoredCampaign> {
    const campaign = await this.#require(campaignId);
    const sizes = await this.#count(campaign);
    await this.#change(campaignId, "freeze a campaign", (there) =>
      there === undefined || there.isFrozen ? undefined : { ...there, isFrozen: true, sizes, leftOut, isCapped },
    );
    return this.#require(campaignId);
  }

  async freezeAlone(campaignId: string, leftOut?: LeftOut, isCapped?: boolean): Promise<StoredCampaign> {
    await this.#prepared.get();
    const campaign = await this.#require(campaignId);
    if (campaign.isFrozen) return campaign;
    const address = claimsAddress(this.#elasticsearch);
    await changeDocument(this.#elasticsearch, "freeze a campaign", address, claimsSource, async (claimed = []) => {
      // Read after the claims: who claimed before is in one of both, and who claims meanwhile makes this begin again.
      const others = (await this.campaigns()).filter(({ id }) => id !== campaignId);
      const claiming = others.filter(({ id, isFrozen }) => !isFrozen && claimed.includes(id));
      const frozen = others.filter(({ isFrozen }) => isFrozen);
      const taken = await this.#taken(campaign, [...frozen, ...claiming]);
      if (taken.users > 0) throw new UsersTaken(campaignId, taken);
      return claimsDocument([...claiming.map(({ id }) => id), campaignId]);
    });
    return this.freeze(campaignId, leftOut, isCapped);
  }

  async campaigns(): Promise<readonly StoredCampaign[]> {
    const purpose = "read the campaigns";
    const index = this.#elasticsearch.index(campaignIndices.campaigns);
    await refresh(this.#elasticsearch, purpose, index);
    const found: StoredCampaign[] = [];
    const pages = search(this.#elasticsearch, purpose, {
      index,
      query: { exists: { field: "lapse.campaign" } },
      sort: [{ "@timestamp": "desc" }, { "lapse.campaign": "asc" }],
      schema: campaignSource,
      // Training would learn from what a campaign has changed, and another could claim its users.
      mayLeaveOut: "none",
      pageSize: 500,
    });
    for await (const page of pages) found.push(...page);
    return found;
  }

  campaign(campaignId: string): Promise<StoredCampaign | undefined> {
    const address = campaignAddress(this.#elasticsearch, campaignId);
    return readDocument(this.#elasticsearch, "read a campaign", address, campaignSource);
  }

  async *assignments(campaignId: string, arm?: Arm): AsyncGenerator<Assignment> {
    const campaign = await this.campaign(campaignId);
    if (campaign === undefined) return;
    const purpose = "read a campaign";
    const index = assignmentIndex(this.#elasticsearch, campaign);
    await refresh(this.#elasticsearch, purpose, index);
    const pages = search(this.#elasticsearch, purpose, {
      index,
      query: assigned(campaignId, arm),
      sort,
      schema: assignmentSource,
      mayLeaveOut: "few",
      pageSize,
    });
    for await (const page of pages) yield* page;
  }

  async assignmentsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly CampaignAssignment[]>> {
    const found: CampaignAssignment[] = [];
    const frozen = await this.#frozen();
    for (let from = 0; from < userIds.length; from += usersAtATime) {
      const users = { terms: { "user.id": userIds.slice(from, from + usersAtATime) } };
      const order = ["@timestamp", "lapse.campaign"];
      for await (const one of this.#among(frozen, "read campaigns of users", users, order, "any")) found.push(one);
    }
    return groupByUser(found);
  }

  async *overlapping({ from, before }: TimeRange): AsyncGenerator<CampaignAssignment> {
    const query = {
      bool: {
        filter: [
          { range: { "@timestamp": { lt: new Date(before).toISOString() } } },
          { range: { "lapse.closes": { gt: new Date(from).toISOString() } } },
        ],
      },
    };
    yield* this.#among(await this.#frozen(), "read campaigns", query, [...sort, "lapse.campaign"], "few");
  }

  async recordResult(campaignId: string, result: CampaignResult): Promise<void> {
    const there = await this.#change(campaignId, "keep the result of a campaign", (found) =>
      found === undefined ? undefined : { ...found, result },
    );
    if (there === undefined) throw new CampaignNotFound(campaignId);
  }

  async remove(campaignId: string): Promise<number | undefined> {
    const purpose = "remove a campaign";
    const campaign = await this.campaign(campaignId);
    if (campaign === undefined) return undefined;
    const index = assignmentIndex(this.#elasticsearch, campaign);
    const removed = await deleteMatching(this.#elasticsearch, purpose, index, assigned(campaignId));
    // Last, so that it can be repeated.
    await changeDocument(
      this.#elasticsearch,
      purpose,
      campaignAddress(this.#elasticsearch, campaignId),
      campaignSource,
      (there) => (there === undefined ? undefined : "delete"),
    );
    return removed;
  }

  async erase(userIds: readonly string[]): Promise<number> {
    let erased = 0;
    const pattern = patternOf(this.#elasticsearch, campaignIndices.assignments);
    for (let from = 0; from < userIds.length; from += usersAtATime) {
      const query = { terms: { "user.id": userIds.slice(from, from + usersAtATime) } };
      erased += await deleteMatching(this.#elasticsearch, "erase users from campaigns", pattern, query);
    }
    return erased;
  }

  dropMonthsBefore(day: Day): Promise<number> {
    return dropMonths(this.#elasticsearch, campaignIndices.assignments, day, (index) =>
      countDocuments(this.#elasticsearch, "drop assignments of old campaigns", index, { match_all: {} }),
    );
  }

  async close(): Promise<void> {}

  async #frozen(): Promise<ReadonlySet<string>> {
    return new Set((await this.campaigns()).filter(({ isFrozen }) => isFrozen).map(({ id }) => id));
  }

  async *#among(
    frozen: ReadonlySet<string>,
    purpose: string,
    query: Query,
    order: string[],
    mayLeaveOut: "few" | "any",
  ): AsyncGenerator<CampaignAssignment> {
    if (frozen.size === 0) return;
    const index = patternOf(this.#elasticsearch, campaignIndices.assignments);
    await refresh(this.#elasticsearch, purpose, index);
    const pages = search(this.#elasticsearch, purpose, {
      index,
      query,
      sort: order,
      schema: campaignAssignmentSource,
      mayLeaveOut,
      pageSize,
    });
    for await (const page of pages) for (const one of page) if (frozen.has(one.campaignId)) yield one;
  }

  /** Those of a campaign's users who are in one of `others`, with a window that is open when it starts. */
  async #taken(campaign: Campaign, others: readonly Campaign[]): Promise<Taken> {
    const open = new Set(others.filter((other) => endOf(other) > campaign.startsAt).map(({ id }) => id));
    const [users, campaigns] = [new Set<string>(), new Set<string>()];
    if (open.size === 0) return { users: 0, campaigns: [] };
    for await (const chunk of inChunks(this.assignments(campaign.id), usersAtATime)) {
      const query = {
        bool: {
          filter: [
            { terms: { "user.id": chunk.map(({ userId }) => userId) } },
            { range: { "lapse.closes": { gt: new Date(campaign.startsAt).toISOString() } } },
          ],
        },
      };
      for await (const { userId, campaignId } of this.#among(open, "freeze a campaign", query, sort, "few")) {
        users.add(userId);
        campaigns.add(campaignId);
      }
    }
    return { users: users.size, campaigns: [...campaigns].sort() };
  }

  async #count(campaign: Campaign): Promise<ArmSizes> {
    const purpose = "freeze a campaign";
    const index = assignmentIndex(this.#elasticsearch, campaign);
    await refresh(this.#elasticsearch, purpose, index);
    const count = (arm: Arm) => countDocuments(this.#elasticsearch, purpose, index, assigned(campaign.id, arm));
    return { treatment: await count("treatment"), control: await count("control") };
  }

  async #require(campaignId: string): Promise<StoredCampaign> {
    const found = await this.campaign(campaignId);
    if (found === undefined) throw new CampaignNotFound(campaignId);
    return found;
  }

  #change(
    campaignId: string,
    purpose: string,
    next: (there: StoredCampaign | undefined) => StoredCampaign | undefined,
  ): Promise<StoredCampaign | undefined> {
    const address = campaignAddress(this.#elasticsearch, campaignId);
    return changeDocument(this.#elasticsearch, purpose, address, campaignSource, (there) => {
      const changed = next(there);
      return changed && campaignDocument(changed);
    });
  }
}

function assigned(campaignId: string, arm?: Arm): Query {
  const ofArm = arm === undefined ? [] : [{ term: { "lapse.arm": arm } }];
  return { bool: { filter: [{ term: { "lapse.campaign": campaignId } }, ...ofArm] } };
}

/** The status of creating a document that exists. */
const isThere = 409;
/** Elasticsearch takes 65,536 terms in a query. */
const usersAtATime = 5_000;
const pageSize = 2_000;
const sort = ["lapse.bucket", "user.id"];
