import type { CampaignStore } from "./campaign-store.ts";

/** Contacts that name a campaign that does not exist: they count for no result. */
export interface UnknownCampaigns {
  /** How many contacts. */
  readonly contacts: number;
  /** The first ids that they name, at most ten. */
  readonly ids: readonly string[];
}

/** Undefined if there is a campaign for each id; an id for each contact that names one. Throws StoreUnavailable. */
export async function unknownCampaigns(
  ids: readonly string[],
  campaigns: Pick<CampaignStore, "campaigns">,
): Promise<UnknownCampaigns | undefined> {
  if (ids.length === 0) return undefined;
  const known = new Set((await campaigns.campaigns()).map(({ id }) => id));
  const unknown = ids.filter((id) => !known.has(id));
  return unknown.length === 0 ? undefined : { contacts: unknown.length, ids: [...new Set(unknown)].slice(0, mostIds) };
}

const mostIds = 10;
