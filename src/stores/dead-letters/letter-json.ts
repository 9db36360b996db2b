import * as z from "zod";
import { Failure } from "#churn/failure.ts";
import type { DeadLetter } from "./dead-letters.ts";

/** What is stored is not a letter: it was edited. */
export class CorruptDeadLetter extends Failure {
  override readonly name = "CorruptDeadLetter";
  override readonly kind = "corrupt";
}

/** The text of a letter that stores keep. */
export function letterJson(letter: DeadLetter): string {
  return JSON.stringify(letterSchema.parse(letter));
}

/** Parses the result of `letterJson`. Throws CorruptDeadLetter naming `place` for anything else. */
export function parseLetter(text: string, place: string): DeadLetter {
  try {
    return letterSchema.parse(JSON.parse(text));
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
    data: z.unknown().optional(),
    extensions: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  }),
  destination: z.string().optional(),
  status: z.int().optional(),
  answer: z.string().optional(),
  recordedAt: z.int(),
});
