import * as z from "zod";
import { textLimits } from "#churn/intake/text.ts";
import { jsonText } from "#churn/json-text.ts";
import { oneLine } from "#pages/one-line.ts";
import { mostAnswerBytes } from "#runtime/dead-letters/letter.ts";
import { type KeptDeadLetter, serviceOf } from "#stores/dead-letters/dead-letters.ts";

/** A letter in one line: `3f2a91c0  2026-03-01 02:31:07 UTC  dev.lapse.action of u1: ingest answered 400, no user`. */
export function summarizeLetter({ id, event, destination, status, answer, recordedAt }: KeptDeadLetter): string {
  const time = new Date(recordedAt).toISOString().replace("T", " ").replace(/\..*/, " UTC");
  const subject = event.subject === undefined ? "" : ` of ${shown(event.subject)}`;
  const reason = `${shown(serviceOf(destination) ?? "its destination")} answered ${status ?? "with a failure"}`;
  const message = answer ? `, ${oneLine(messageOf(answer), mostAnswerBytes)}` : "";
  return `${id.slice(0, 8)}  ${time}  ${shown(event.type)}${subject}: ${reason}${message}`;
}

/** As much of an attribute as a line shows: an event may be refused because of what its attributes hold. */
const shown = (attribute: string) => oneLine(attribute, textLimits.user_id);

/** Everything that is known about a letter, as readable JSON. Data that is not JSON is shown as text if it is UTF-8. */
export function describeLetter({ recordedAt, event: { bytes, ...event }, ...letter }: KeptDeadLetter): string {
  const whole = { ...letter, event: { ...event, ...(bytes !== undefined && shownData(bytes)) } };
  const json = JSON.stringify({ ...whole, recorded_at: new Date(recordedAt).toISOString() }, null, 2);
  // JSON leaves these as they are, and terminals take some of them for commands.
  return json.replace(
    /[\u007f-\u009f\p{Bidi_Control}]/gu,
    (drawn) => `\\u${drawn.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
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
