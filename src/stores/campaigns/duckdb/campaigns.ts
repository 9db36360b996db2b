import type { DuckDBConnection } from "@duckdb/node-api";
import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import { readRows, readStored } from "../../connections/duckdb/read.ts";
import type { UnreadableRows } from "../../unreadable-rows.ts";
import { storedCampaignSchema } from "../campaign-schema.ts";
import type { StoredCampaign } from "../campaign-store.ts";
import { CampaignExists, CampaignNotFound, damagedCampaign } from "../failures.ts";

/** Must run in a transaction. */
export async function insertCampaign(connection: DuckDBConnection, campaign: StoredCampaign): Promise<void> {
  const there = await connection.run("SELECT id FROM campaigns WHERE id = $1", [campaign.id]);
  if ((await readRows(there, z.tuple([z.string()]))).length > 0) throw new CampaignExists(campaign.id);
  await connection.run("INSERT INTO campaigns VALUES ($1, $2, $3)", [
    campaign.id,
    campaign.createdAt,
    JSON.stringify(campaign),
  ]);
}

/** The one created last first. */
export async function readCampaigns(
  connection: DuckDBConnection,
  unreadable: UnreadableRows,
): Promise<StoredCampaign[]> {
  const result = await connection.run("SELECT id, document FROM campaigns ORDER BY created DESC, id");
  return (await readStored(result, row, { unreadable, table: "campaigns" })).map(([, campaign]) => campaign);
}

/** Undefined if there is none. Throws StoreDamaged for one that cannot be read: it must not pass for absent. */
export async function readCampaign(connection: DuckDBConnection, id: string): Promise<StoredCampaign | undefined> {
  const result = await connection.run("SELECT id, document FROM campaigns WHERE id = $1", [id]);
  const [found] = await result.getRowsJS();
  const parsed = row.safeParse(found);
  if (parsed.success) return parsed.data[1];
  if (found === undefined) return undefined;
  throw damagedCampaign(id, parsed.error);
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

const row = z.tuple([z.string(), jsonText(storedCampaignSchema)]);
