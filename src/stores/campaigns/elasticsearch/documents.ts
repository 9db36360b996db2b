import * as z from "zod";
import { bucketOf } from "#churn/action.ts";
import { type Assignment, type Campaign, endOf, windowEnd } from "#churn/campaign/campaign.ts";
import { dayOf } from "#churn/day.ts";
import type { BulkOperation } from "../../connections/elasticsearch/bulk.ts";
import type { DocumentAddress } from "../../connections/elasticsearch/change-document.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { documentId } from "../../connections/elasticsearch/document-id.ts";
import { indexOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { monthOf } from "../../month.ts";
import { armSchema, storedCampaignSchema } from "../campaign-schema.ts";
import type { CampaignAssignment, StoredCampaign } from "../campaign-store.ts";
import { campaignIndices } from "./indices.ts";

export function campaignAddress(elasticsearch: Elasticsearch, campaignId: string): DocumentAddress {
  return { index: elasticsearch.index(campaignIndices.campaigns), id: documentId(campaignId) };
}

export function campaignDocument(campaign: StoredCampaign): object {
  return {
    "@timestamp": new Date(campaign.createdAt).toISOString(),
    lapse: { campaign: campaign.id, document: campaign },
  };
}

/** What of a campaign tells it from others, and whether it counts, however little else can be read. One that does not say counts. */
export const campaignStateSource = z
  .object({
    lapse: z.object({
      campaign: z.string(),
      document: z.object({ isFrozen: z.boolean().catch(true) }).catch({ isFrozen: true }),
    }),
  })
  .transform(({ lapse: { campaign, document } }) => ({ id: campaign, isFrozen: document.isFrozen }));

export const campaignSource = z
  .object({ lapse: z.object({ document: storedCampaignSchema }) })
  .transform(({ lapse: { document } }) => document);

/** Where the campaigns are named that are being frozen: a document among them that is none. */
export function claimsAddress(elasticsearch: Elasticsearch): DocumentAddress {
  return { index: elasticsearch.index(campaignIndices.campaigns), id: "claims" };
}

/** Without `lapse.campaign`, which tells the campaigns from it. */
export function claimsDocument(claimed: readonly string[]): object {
  return { lapse: { document: { claimed } } };
}

export const claimsSource = z
  .object({ lapse: z.object({ document: z.object({ claimed: z.array(z.string()) }) }) })
  .transform(({ lapse: { document } }) => document.claimed);

/** The index of a campaign's assignments. */
export function assignmentIndex(elasticsearch: Elasticsearch, campaign: Campaign): string {
  return indexOf(elasticsearch, campaignIndices.assignments, monthOf(dayOf(endOf(campaign))));
}

/** Creates the document of an assignment if absent. */
export function assignmentOperation(
  elasticsearch: Elasticsearch,
  campaign: Campaign,
  { userId, arm, assignedAt, probability, value, covariates, outcomes }: Assignment,
): BulkOperation {
  const _index = assignmentIndex(elasticsearch, campaign);
  return {
    action: JSON.stringify({ create: { _index, _id: documentId(campaign.id, userId) } }),
    document: JSON.stringify({
      "@timestamp": new Date(assignedAt).toISOString(),
      user: { id: userId },
      lapse: {
        campaign: campaign.id,
        bucket: bucketOf(userId),
        arm,
        closes: new Date(windowEnd(assignedAt, campaign.windowDays)).toISOString(),
        known: { probability, value, covariates, outcomes },
      },
    }),
  };
}

const time = z.iso.datetime().transform(Date.parse);
const user = z.object({ id: z.string() });

export const assignmentSource = z
  .object({
    "@timestamp": time,
    user,
    lapse: z.object({
      arm: armSchema,
      known: z.object({
        probability: z.number().optional(),
        value: z.number().optional(),
        // JSON writes NaN as null.
        covariates: z.array(
          z
            .number()
            .nullable()
            .transform((number) => number ?? Number.NaN),
        ),
        outcomes: z.array(z.number().nullable()),
      }),
    }),
  })
  .transform(
    ({ "@timestamp": assignedAt, user, lapse: { arm, known } }): Assignment => ({
      userId: user.id,
      arm,
      assignedAt,
      probability: known.probability,
      value: known.value,
      covariates: known.covariates,
      outcomes: known.outcomes,
    }),
  );

export const campaignAssignmentSource = z
  .object({ "@timestamp": time, user, lapse: z.object({ campaign: z.string(), arm: armSchema, closes: time }) })
  .transform(
    ({ "@timestamp": assignedAt, user, lapse: { campaign, arm, closes } }): CampaignAssignment => ({
      campaignId: campaign,
      userId: user.id,
      arm,
      assignedAt,
      closesAt: closes,
    }),
  );

/**
 * What counts for an assignment that `campaignAssignmentSource` refuses: its user was treated, and the window is open for as long as it may
 * have been, so that nobody learns from them as if nothing had been done, nor takes them again. `latest` is when it closes at the latest.
 * Undefined if nothing tells which campaign it is of.
 */
export function damagedAssignment(source: unknown, latest: number): DamagedAssignment | undefined {
  const parsed = damagedSource.safeParse(source).data;
  return (
    parsed && {
      campaignId: parsed.lapse.campaign,
      userId: parsed.user?.id,
      arm: "treatment",
      assignedAt: parsed["@timestamp"] ?? 0,
      closesAt: parsed.lapse.closes ?? latest,
    }
  );
}

type DamagedAssignment = Omit<CampaignAssignment, "userId"> & { readonly userId: string | undefined };

const damagedSource = z.object({
  "@timestamp": time.optional().catch(undefined),
  user: user.optional().catch(undefined),
  lapse: z.object({ campaign: z.string(), closes: time.optional().catch(undefined) }),
});
