import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import { readRows } from "../../connections/duckdb/read.ts";
import { storedCampaignSchema } from "../campaign-schema.ts";
import type { StoredCampaign } from "../campaign-store.ts";
import { CampaignExists, CampaignNotFound } from "../failures.ts";

/** Must run in a transaction. */
export async function insertCampaign(connection: DuckDBConnection, campaign: StoredCampaign): Promise<void> {
  if ((await readCampaign(connection, campaign.id)) !== undefined) throw new CampaignExists(campaign.id);
  await connection.run("INSERT INTO campaigns VALUES ($1, $2, $3)", [
    campaign.id,
    campaign.createdAt,
    JSON.stringify(campaign),
  ]);
}

/** The one created last first. */
export async function readCampaigns(connection: DuckDBConnection): Promise<StoredCampaign[]> {
  return parsed(await connection.run("SELECT document FROM campaigns ORDER BY created DESC, id"));
}

export async function readCampaign(connection: DuckDBConnection, id: string): Promise<StoredCampaign | undefined> {
  const [found] = await parsed(await connection.run("SELECT document FROM campaigns WHERE id = $1", [id]));
  return found;
}

/** Replaces a campaign by what `next` makes of it. Must run in a transaction. Throws CampaignNotFound. */
export async function changeCampaign(
  connection: DuckDBConnection,
  id: string,
  next: (there: StoredCampaign) => StoredCampaign | Promise<StoredCampaign>,
): Promise<StoredCampaign> {
  const there = await readCampaign(connection, id);
  if (there === undefined) throw new CampaignNotFound(id);
  const changed = await next(there);
  await connection.run("UPDATE campaigns SET document = $1 WHERE id = $2", [JSON.stringify(changed), id]);
  return changed;
}

async function parsed(result: Parameters<typeof readRows>[0]): Promise<StoredCampaign[]> {
  return (await readRows(result, z.tuple([jsonText(storedCampaignSchema)]))).map(([campaign]) => campaign);
}
