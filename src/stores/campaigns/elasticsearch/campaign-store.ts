import * as z from "zod";
import type { Arm, Assignment, Campaign } from "#churn/campaign/campaign.ts";
import type { CampaignResult } from "#churn/campaign/result.ts";
import type { Day } from "#churn/day.ts";
import { bulk } from "../../connections/elasticsearch/bulk.ts";
import { changeDocument, readDocument } from "../../connections/elasticsearch/change-document.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { deleteMatching } from "../../connections/elasticsearch/delete-documents.ts";
import { eraseAgain } from "../../connections/elasticsearch/erasures.ts";
import { dropMonths, patternOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { requireWritten } from "../../connections/elasticsearch/require-written.ts";
import { countDocuments, inRangeIfThere, refresh, search } from "../../connections/elasticsearch/search.ts";
import { Lazy } from "../../lazy.ts";
import type { CampaignAssignment, CampaignStore, LeftOut, StoredCampaign, TimeRange } from "../campaign-store.ts";
import { CampaignExists, CampaignNotFound, damagedCampaign, UsersTaken } from "../failures.ts";
import { groupByUser } from "../group-by-user.ts";
import { among, assigned, assignmentsTo, byUser, countArms, takenIn, usersAtATime } from "./assignments.ts";
import {
  assignmentIndex,
  assignmentOperation,
  campaignAddress,
  campaignDocument,
  campaignSource,
  campaignStateSource,
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
    const address = campaignAddress(this.#elasticsearch, campaign.id);
    // One that is damaged is there, too.
    const there = await changeDocument(this.#elasticsearch, "create a campaign", address, ofAnyContent, (found) =>
      found === undefined
        ? campaignDocument({ ...campaign, isFrozen: false, sizes: { treatment: 0, control: 0 } })
        : undefined,
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
    const sizes = await countArms(this.#elasticsearch, campaign);
    await this.#change(campaignId, "freeze a campaign", (there) =>
      there.isFrozen ? undefined : { ...there, isFrozen: true, sizes, leftOut, isCapped },
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
      const others = (await this.#states()).filter(({ id }) => id !== campaignId);
      const claiming = others.filter(({ id, isFrozen }) => !isFrozen && claimed.includes(id)).map(({ id }) => id);
      const frozen = others.filter(({ isFrozen }) => isFrozen).map(({ id }) => id);
      const taken = await takenIn(this.#elasticsearch, new Set([...frozen, ...claiming]), campaign);
      if (taken.users > 0) throw new UsersTaken(campaignId, taken);
      return claimsDocument([...claiming, campaignId]);
    });
    return this.freeze(campaignId, leftOut, isCapped);
  }

  campaigns(): Promise<readonly StoredCampaign[]> {
    return this.#read(campaignSource);
  }

  async campaign(campaignId: string): Promise<StoredCampaign | undefined> {
    const address = campaignAddress(this.#elasticsearch, campaignId);
    const found = await readDocument(this.#elasticsearch, "read a campaign", address, ofAnyContent);
    return found === undefined ? undefined : requireReadable(campaignId, found);
  }

  async *assignments(campaignId: string, arm?: Arm): AsyncGenerator<Assignment> {
    const campaign = await this.campaign(campaignId);
    if (campaign !== undefined) yield* assignmentsTo(this.#elasticsearch, campaign, arm);
  }

  async assignmentsOf(userIds: readonly string[]): Promise<ReadonlyMap<string, readonly CampaignAssignment[]>> {
    const found: CampaignAssignment[] = [];
    const frozen = await this.#frozen();
    for (let from = 0; from < userIds.length; from += usersAtATime) {
      const users = { terms: { "user.id": userIds.slice(from, from + usersAtATime) } };
      const order = ["@timestamp", "lapse.campaign"];
      for await (const one of among(this.#elasticsearch, frozen, "read campaigns of users", users, order, "any"))
        found.push(one);
    }
    return groupByUser(found);
  }

  async *overlapping({ from, before }: TimeRange): AsyncGenerator<CampaignAssignment> {
    const query = {
      bool: { filter: [inRangeIfThere("@timestamp", { lt: before }), inRangeIfThere("lapse.closes", { gt: from })] },
    };
    for await (const one of among(this.#elasticsearch, await this.#frozen(), "read campaigns", query, inOrder, "few"))
      if (one.assignedAt < before && one.closesAt > from) yield one;
  }

  async recordResult(campaignId: string, result: CampaignResult): Promise<void> {
    await this.#change(campaignId, "keep the result of a campaign", (there) => ({ ...there, result }));
  }

  async remove(campaignId: string): Promise<number | undefined> {
    const purpose = "remove a campaign";
    const address = campaignAddress(this.#elasticsearch, campaignId);
    const found = await readDocument(this.#elasticsearch, purpose, address, ofAnyContent);
    if (found === undefined) return undefined;
    // A campaign that is damaged does not tell the month of its assignments.
    const campaign = campaignSource.safeParse(found).data;
    const index = campaign
      ? assignmentIndex(this.#elasticsearch, campaign)
      : patternOf(this.#elasticsearch, campaignIndices.assignments);
    const removed = await deleteMatching(this.#elasticsearch, purpose, index, assigned(campaignId));
    // Last, so that it can be repeated.
    await changeDocument(this.#elasticsearch, purpose, address, ofAnyContent, (there) =>
      there === undefined ? undefined : "delete",
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
    return new Set((await this.#states()).filter(({ isFrozen }) => isFrozen).map(({ id }) => id));
  }

  /** One that cannot be read counts: training must not learn from what it may have changed, nor another take its users. */
  #states(): Promise<readonly CampaignState[]> {
    return this.#read(campaignStateSource);
  }

  async #read<Source>(schema: z.ZodType<Source>): Promise<Source[]> {
    const purpose = "read the campaigns";
    const index = this.#elasticsearch.index(campaignIndices.campaigns);
    await refresh(this.#elasticsearch, purpose, index);
    const found: Source[] = [];
    const pages = search(this.#elasticsearch, purpose, {
      index,
      query: { exists: { field: "lapse.campaign" } },
      sort: [{ "@timestamp": "desc" }, { "lapse.campaign": "asc" }],
      schema,
      mayLeaveOut: "any",
      pageSize: 500,
    });
    for await (const page of pages) found.push(...page);
    return found;
  }

  async #require(campaignId: string): Promise<StoredCampaign> {
    const found = await this.campaign(campaignId);
    if (found === undefined) throw new CampaignNotFound(campaignId);
    return found;
  }

  /** Throws CampaignNotFound. */
  async #change(
    campaignId: string,
    purpose: string,
    next: (there: StoredCampaign) => StoredCampaign | undefined,
  ): Promise<void> {
    const address = campaignAddress(this.#elasticsearch, campaignId);
    const found = await changeDocument(this.#elasticsearch, purpose, address, ofAnyContent, (there) => {
      const changed = there === undefined ? undefined : next(requireReadable(campaignId, there));
      return changed && campaignDocument(changed);
    });
    if (found === undefined) throw new CampaignNotFound(campaignId);
  }
}

function requireReadable(campaignId: string, source: unknown): StoredCampaign {
  const { data, error } = campaignSource.safeParse(source);
  if (data === undefined) throw damagedCampaign(campaignId, error);
  return data;
}

/** The status of creating a document that exists. */
const isThere = 409;
const inOrder = [...byUser, "lapse.campaign"];
const ofAnyContent = z.unknown();

type CampaignState = z.infer<typeof campaignStateSource>;
