import { formatCounted } from "#pages/format.ts";
import type { CampaignStore } from "#stores/campaigns/campaign-store.ts";
import { unknownCampaigns } from "#stores/campaigns/unknown-campaigns.ts";

interface CampaignWatchOptions {
  readonly campaigns: Pick<CampaignStore, "campaigns">;
  readonly warn: (message: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Warns of contacts that name a campaign that does not exist. Looks at the campaigns at most once in a while, as contacts
 * may come one by one and fast: those in between are looked at with the next.
 */
export class CampaignWatch {
  readonly #options: CampaignWatchOptions;
  #waiting: string[] = [];
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: CampaignWatchOptions) {
    this.#options = options;
  }

  /** Takes the campaigns that stored contacts name. Never rejects: the contacts are stored all the same. */
  async see(campaignIds: readonly (string | undefined)[]): Promise<void> {
    const { campaigns, warn, now } = this.#options;
    for (const id of campaignIds) if (id !== undefined && this.#waiting.length < mostWaiting) this.#waiting.push(id);
    if (this.#waiting.length === 0 || now() - this.#lookedAt < pauseMilliseconds) return;
    const ids = this.#waiting;
    this.#waiting = [];
    this.#lookedAt = now();
    const unknown = await unknownCampaigns(ids, campaigns).catch(() => undefined);
    if (unknown === undefined) return;
    warn(
      `ingest took ${formatCounted(unknown.contacts, "contact")} of campaigns that do not exist, which ${unknown.contacts === 1 ? "counts" : "count"} for no result: ${unknown.ids.join(", ")}.`,
    );
  }
}

const pauseMilliseconds = 10_000;
const mostWaiting = 100_000;
