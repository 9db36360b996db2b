import type { Arm, ArmSizes, Assignment, Campaign } from "#churn/campaign/campaign.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { latestTimeIn, patternOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { countDocuments, inRangeIfThere, type Query, refresh, search } from "../../connections/elasticsearch/search.ts";
import { inChunks } from "../../in-chunks.ts";
import type { CampaignAssignment } from "../campaign-store.ts";
import { namelessAssignment, type Taken } from "../failures.ts";
import { assignmentIndex, assignmentSource, campaignAssignmentSource, damagedAssignment } from "./documents.ts";
import { campaignIndices } from "./indices.ts";

/** As CampaignStore.assignments. */
export async function* assignmentsTo(
  elasticsearch: Elasticsearch,
  campaign: Campaign,
  arm?: Arm,
): AsyncGenerator<Assignment> {
  const purpose = "read a campaign";
  const index = assignmentIndex(elasticsearch, campaign);
  await refresh(elasticsearch, purpose, index);
  const pages = search(elasticsearch, purpose, {
    index,
    query: assigned(campaign.id, arm),
    sort: byUser,
    schema: assignmentSource,
    mayLeaveOut: "few",
    pageSize,
  });
  for await (const page of pages) yield* page;
}

/**
 * The matching assignments to these campaigns. Who is in one of them stays in it where the rest of their assignment is damaged; throws
 * StoreDamaged where it cannot be read who it is.
 */
export async function* among(
  elasticsearch: Elasticsearch,
  campaigns: ReadonlySet<string>,
  purpose: string,
  query: Query,
  order: string[],
  mayLeaveOut: "few" | "any",
): AsyncGenerator<CampaignAssignment> {
  if (campaigns.size === 0) return;
  const index = patternOf(elasticsearch, campaignIndices.assignments);
  await refresh(elasticsearch, purpose, index);
  const pages = search(elasticsearch, purpose, {
    index,
    query: { bool: { filter: [query, { terms: { "lapse.campaign": [...campaigns] } }] } },
    sort: order,
    schema: campaignAssignmentSource,
    instead: ({ _index, _source }) => {
      const latest = latestTimeIn(elasticsearch, campaignIndices.assignments, _index);
      const damaged = damagedAssignment(_source, latest);
      if (damaged === undefined) return undefined;
      const { userId } = damaged;
      if (userId === undefined) throw namelessAssignment(damaged.campaignId);
      return { ...damaged, userId };
    },
    mayLeaveOut,
    pageSize,
  });
  for await (const page of pages) yield* page;
}

/** Those of a campaign's users who are in one of `others`, with a window that is open when it starts. */
export async function takenIn(
  elasticsearch: Elasticsearch,
  others: ReadonlySet<string>,
  { id, startsAt }: Campaign,
): Promise<Taken> {
  const purpose = "freeze a campaign";
  const [users, campaigns] = [new Set<string>(), new Set<string>()];
  if (others.size === 0) return { users: 0, campaigns: [] };
  const own = among(elasticsearch, new Set([id]), purpose, assigned(id), byUser, "any");
  for await (const chunk of inChunks(own, usersAtATime)) {
    const ofUsers = { terms: { "user.id": chunk.map(({ userId }) => userId) } };
    const query = { bool: { filter: [ofUsers, inRangeIfThere("lapse.closes", { gt: startsAt })] } };
    for await (const { userId, campaignId, closesAt } of among(elasticsearch, others, purpose, query, byUser, "any")) {
      if (closesAt <= startsAt) continue;
      users.add(userId);
      campaigns.add(campaignId);
    }
  }
  return { users: users.size, campaigns: [...campaigns].sort() };
}

/** The sizes of the arms of a campaign. */
export async function countArms(elasticsearch: Elasticsearch, campaign: Campaign): Promise<ArmSizes> {
  const purpose = "freeze a campaign";
  const index = assignmentIndex(elasticsearch, campaign);
  await refresh(elasticsearch, purpose, index);
  const count = (arm: Arm) => countDocuments(elasticsearch, purpose, index, assigned(campaign.id, arm));
  return { treatment: await count("treatment"), control: await count("control") };
}

/** The assignments to a campaign. */
export function assigned(campaignId: string, arm?: Arm): Query {
  const ofArm = arm === undefined ? [] : [{ term: { "lapse.arm": arm } }];
  return { bool: { filter: [{ term: { "lapse.campaign": campaignId } }, ...ofArm] } };
}

/** Elasticsearch takes 65,536 terms in a query, which is more than there are campaigns. */
export const usersAtATime = 5_000;
export const byUser = ["lapse.bucket", "user.id"];
const pageSize = 2_000;
