import * as z from "zod";
import { bucketOf } from "#churn/action.ts";
import { dayOf } from "#churn/day.ts";
import type { BulkOperation } from "../../connections/elasticsearch/bulk.ts";
import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { documentId, userDocumentId } from "../../connections/elasticsearch/document-id.ts";
import { indexOf } from "../../connections/elasticsearch/monthly-indices.ts";
import { monthOf } from "../../month.ts";
import type { Contact, OptOut } from "../contact-store.ts";
import { contactIndices } from "./indices.ts";

/** Creates the document of a contact if absent. */
export function contactOperation(
  elasticsearch: Elasticsearch,
  { userId, time, campaignId, channel }: Contact,
): BulkOperation {
  const _index = indexOf(elasticsearch, contactIndices.contacts, monthOf(dayOf(time)));
  const _id = documentId(userId, time, campaignId ?? "", channel ?? "");
  return {
    action: JSON.stringify({ create: { _index, _id } }),
    document: JSON.stringify({
      "@timestamp": new Date(time).toISOString(),
      user: { id: userId },
      lapse: { bucket: bucketOf(userId), campaign: campaignId, channel },
    }),
  };
}

/** Creates the document of an opt-out if absent. */
export function optOutOperation(elasticsearch: Elasticsearch, { userId, time }: OptOut): BulkOperation {
  const _index = elasticsearch.index(contactIndices.optOuts);
  return {
    action: JSON.stringify({ create: { _index, _id: userDocumentId(userId) } }),
    document: JSON.stringify({ "@timestamp": new Date(time).toISOString(), user: { id: userId } }),
  };
}

const place = {
  "@timestamp": z.iso.datetime().transform(Date.parse),
  user: z.object({ id: z.string() }),
};

export const contactSource = z
  .object({ ...place, lapse: z.object({ campaign: z.string().optional(), channel: z.string().optional() }) })
  .transform(
    ({ "@timestamp": time, user, lapse: { campaign, channel } }): Contact => ({
      userId: user.id,
      time,
      campaignId: campaign,
      channel,
    }),
  );

/** What counts for a contact or an opt-out that is refused; undefined if nothing tells whose it is. `time` stands in for its own. */
export function damagedContact(source: unknown, time: number): OptOut | undefined {
  const parsed = damagedSource.safeParse(source).data;
  return parsed && { userId: parsed.user.id, time: parsed["@timestamp"] ?? time };
}

const damagedSource = z.object({ ...place, "@timestamp": place["@timestamp"].optional().catch(undefined) });

export const optOutSource = z
  .object(place)
  .transform(({ "@timestamp": time, user }): OptOut => ({ userId: user.id, time }));
