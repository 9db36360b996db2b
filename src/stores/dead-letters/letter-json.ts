import * as z from "zod";
import { Failure } from "#churn/failure.ts";
import type { DeadLetter } from "./dead-letters.ts";

/** What is stored is not a letter: it was edited. */
export class CorruptDeadLetter extends Failure {
  override readonly name = "CorruptDeadLetter";
  override readonly kind = "corrupt";
}

/** The text of a letter that stores keep; the bytes of the event's data are in base64. */
export function letterJson({ event: { bytes, ...event }, ...letter }: DeadLetter): string {
  const base64 = bytes === undefined ? {} : { data_base64: Buffer.from(bytes).toString("base64") };
  return JSON.stringify(letterSchema.parse({ ...letter, event: { ...event, ...base64 } }));
}

/** Parses the result of `letterJson`. Throws CorruptDeadLetter naming `place` for anything else. */
export function parseLetter(text: string, place: string): DeadLetter {
  try {
    const { event, ...letter } = letterSchema.parse(JSON.parse(text));
    const { data_base64, ...attributes } = event;
    const bytes = data_base64 === undefined ? {} : { bytes: Buffer.from(data_base64, "base64") };
    return { ...letter, event: { ...attributes, ...bytes } };
  } catch (cause) {
    throw new CorruptDeadLetter(`Cannot read the dead letter ${place}.`, { cause });
  }
}

const letterSchema = z.object({
  event: z.object({
    id: z.string(),
    source: z.string(),
    type: z.string(),
    subject: z.string().optional(),
    time: z.string().optional(),
    datacontenttype: z.string().optional(),
    dataschema: z.string().optional(),
    data: z.unknown().optional(),
    data_base64: z.base64().optional(),
    extensions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  }),
  destination: z.string().optional(),
  status: z.int().optional(),
  answer: z.string().optional(),
  recordedAt: z.int(),
});
