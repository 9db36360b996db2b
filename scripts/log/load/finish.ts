import type { Scratch } from "../scratch.ts";
import { idHalvesSql } from "./stage.ts";

/**
 * Makes the view `actions` of the staged rows that are actions and no copies: the columns of the embedded store's table
 * save batch and ingested, with `line` order kept by `row`, and `event_id` where the identity is not the content.
 */
export async function finishActions(scratch: Scratch, hasRepeats: boolean): Promise<void> {
  const columns =
    "staged.month, staged.day, staged.time::DOUBLE AS time, staged.user_id, staged.action, staged.value, staged.passive";
  await scratch.run(
    hasRepeats
      ? `CREATE OR REPLACE VIEW actions AS
         SELECT ${idHalvesSql("coalesce(settled.hash, staged.hash)")}, ${columns}, coalesce(settled.event_id, staged.event_id) AS event_id,
           staged.row AS row
         FROM staged LEFT JOIN settled ON settled.row = staged.row WHERE reason IS NULL AND NOT coalesce(settled.is_copy, false)`
      : `CREATE OR REPLACE VIEW actions AS
         SELECT id_high, id_low, ${columns}, event_id, row FROM staged WHERE reason IS NULL`,
  );
}
