import * as z from "zod";
import { jsonText } from "#churn/json-text.ts";
import { type KeptDeadLetter, serviceOf } from "#stores/dead-letters/dead-letters.ts";

/** A letter in one line: `3f2a91c0  2026-03-01 02:31:07 UTC  dev.lapse.action of u1: ingest answered 400, no user`. */
export function summarizeLetter({ id, event, destination, status, answer, recordedAt }: KeptDeadLetter): string {
  const time = new Date(recordedAt).toISOString().replace("T", " ").replace(/\..*/, " UTC");
  const subject = event.subject === undefined ? "" : ` of ${event.subject}`;
  const reason = `${serviceOf(destination) ?? "its destination"} answered ${status ?? "with a failure"}`;
  return `${id.slice(0, 8)}  ${time}  ${event.type}${subject}: ${reason}${answer ? `, ${messageOf(answer)}` : ""}`;
}

/** Everything that is known about a letter, as readable JSON. Data that is not JSON is shown as text if it is UTF-8. */
export function describeLetter({ recordedAt, event: { bytes, ...event }, ...letter }: KeptDeadLetter): string {
  const shown = { ...letter, event: { ...event, ...(bytes !== undefined && shownData(bytes)) } };
  return JSON.stringify({ ...shown, recorded_at: new Date(recordedAt).toISOString() }, null, 2);
}

function shownData(bytes: Uint8Array): { data_text: string } | { data_base64: string } {
  try {
    return { data_text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { data_base64: Buffer.from(bytes).toString("base64") };
  }
}

/** The message of lapse's own JSON errors, or the first line of any other answer. */
export function messageOf(answer: string): string {
  return ownError.safeParse(answer).data?.error ?? answer.split("\n", 1)[0] ?? answer;
}

/** Another server may respond with something else, and the broker truncates long responses. */
const ownError = jsonText(z.object({ error: z.string() }));
