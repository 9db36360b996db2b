import type { estypes } from "@elastic/elasticsearch";
import * as z from "zod";
import { type DeadLetter, deadLetterId, type KeptDeadLetter } from "../dead-letters.ts";
import { letterJson, parseLetter } from "../letter-json.ts";

/** A letter's document: the letter as text, and under ECS names what people search and sort by. */
export function letterDocument(letter: DeadLetter) {
  const { event, destination, status, recordedAt } = letter;
  return {
    "@timestamp": recordedAt,
    event: { id: event.id, provider: event.source, action: event.type },
    ...(destination !== undefined && { url: { full: destination } }),
    ...(status !== undefined && { http: { response: { status_code: status } } }),
    lapse: { letter: { id: deadLetterId(letter), json: letterJson(letter) } },
  };
}

/** The letter of a document. Throws CorruptDeadLetter. */
export function keptLetter({ lapse: { letter } }: z.infer<typeof letterSource>): KeptDeadLetter {
  return { ...parseLetter(letter.json, letter.id), id: letter.id };
}

export const letterFields = ["lapse.letter"];

export const letterSource = z.object({ lapse: z.object({ letter: z.object({ id: z.string(), json: z.string() }) }) });

/** Events come from anywhere, so any field may be longer than a term can be. */
const keyword: estypes.MappingProperty = { type: "keyword", ignore_above: 1024 };

export const letterProperties: Record<string, estypes.MappingProperty> = {
  "@timestamp": { type: "date", format: "epoch_millis" },
  event: { properties: { id: keyword, provider: keyword, action: keyword } },
  url: { properties: { full: keyword } },
  http: { properties: { response: { properties: { status_code: { type: "integer", ignore_malformed: true } } } } },
  lapse: {
    properties: {
      // Text, as the server refuses objects that are nested a thousand deep.
      letter: { properties: { id: keyword, json: { type: "object", enabled: false } } },
    },
  },
};
