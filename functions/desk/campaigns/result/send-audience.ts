import type { Listed } from "#churn/campaign/list-order.ts";
import { Failure } from "#churn/failure.ts";
import { shortHash } from "#churn/short-hash.ts";
import { campaignAudience } from "#runtime/event-kinds.ts";
import type { HttpRequest } from "#runtime/http.ts";
import type { StoredCampaign } from "#stores/campaigns/campaign-store.ts";
import { inChunks } from "#stores/in-chunks.ts";
import { deskRecorder } from "../../record-act.ts";
import type { CampaignsServices } from "../services.ts";
import { treatedInOrder, withoutOptOuts } from "./audience.ts";
import { requireCampaign } from "./view.ts";

/** The list is right, and can be sent once lapse is set up for it: 400 would say never, and 503 that it soon will be. */
export class NoReceiver extends Failure {
  override readonly name = "NoReceiver";
  override readonly kind = "conflict";
}

export interface SentAudience {
  readonly users: number;
  readonly parts: number;
}

/** Users in an event: some 40 kB of the 64 kB that every broker takes. */
const usersInPart = 500;

/**
 * Sends the users of a campaign who are to be contacted to the Broker, by which the webhook receives them, part by part, and
 * records who did it. Sent again, a part of the same users has the same id. Throws CampaignNotFound, NoReceiver, and
 * EventNotTaken.
 */
export async function sendAudience(
  id: string,
  request: Pick<HttpRequest, "caller" | "address">,
  services: CampaignsServices,
): Promise<SentAudience> {
  const { publish, hasReceiver, now } = services;
  const campaign = await requireCampaign(id, services);
  if (!hasReceiver)
    throw new NoReceiver(
      "No one would receive the list, so nothing was sent: WEBHOOK_URL is not set. Download the list as CSV, or have WEBHOOK_URL set.",
    );
  if (publish === undefined) throw new NoReceiver("The desk knows no broker to send the list to: set BROKER_URL.");
  const send = async () => {
    // Cut as the list was frozen, so that an opt-out moves no other user to another part.
    const parts: { frozen: readonly Listed[]; users: readonly Listed[] }[] = [];
    for await (const frozen of inChunks(await treatedInOrder(campaign, services.campaigns), usersInPart))
      parts.push({ frozen, users: await withoutOptOuts(frozen, services) });
    const all = parts.reduce((sum, { users }) => sum + users.length, 0);
    const sent = { users: 0, parts: 0 };
    for (const { frozen, users } of parts) {
      sent.parts += 1;
      sent.users += users.length;
      await publish(partOf(campaign, { part: sent.parts, frozen, users }, { all, now: now() }));
    }
    return sent;
  };
  const record = deskRecorder(request, services);
  return record({ action: "campaign.sent", target: id }, send, (sent) => ({ details: { ...sent } }));
}

/** Another id where a user was erased meanwhile, and all move up, so that a receiver leaves out no one as known already. */
function partOf(
  { id, name }: StoredCampaign,
  {
    part,
    frozen,
    users,
  }: { readonly part: number; readonly frozen: readonly Listed[]; readonly users: readonly Listed[] },
  { all, now }: { readonly all: number; readonly now: number },
) {
  const ids = frozen.map(({ userId }) => userId);
  return campaignAudience.make({
    id: `${id}.${part}.${shortHash(ids, 16)}`,
    source: "/lapse/desk",
    subject: id,
    time: new Date(now).toISOString(),
    data: {
      campaign: id,
      name,
      part,
      users: users.map(({ userId, probability, value }) => ({ user_id: userId, probability, value })),
      users_in_all: all,
    },
  });
}
