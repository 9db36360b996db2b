import * as z from "zod";
import type { LogOptions } from "../options.ts";
import type { Records } from "../records/records.ts";
import type { Scratch } from "../scratch.ts";
import { asideOf } from "./draft.ts";
import { openRecords } from "./open-records.ts";

/**
 * Opens a file whose rows are not counted later on: where the quick way of reading passes over lines that do not fit, such as ones with
 * a field too many, they are read one by one, so that each is a row with what is wrong with it. Throws as openRecords.
 */
export async function openEveryRow(path: string, options: LogOptions, scratch: Scratch): Promise<Records> {
  const records = await openRecords(path, options, scratch);
  if (records.carefully === undefined) return records;
  const columns = Array.from({ length: records.width }, (_, column) => column);
  const [rows] = await scratch.row(`SELECT count(*)::DOUBLE FROM (${records.select(columns)})`, z.tuple([z.number()]));
  return rows + asideOf(records) === records.linesRead ? records : records.carefully();
}
