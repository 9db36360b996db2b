import * as z from "zod";
import { flagWords } from "#churn/intake/flag.ts";
import { absentWords, textLimits } from "#churn/intake/text.ts";

const text = (limit: number) =>
  z
    .union([z.string().min(1).max(limit), z.int()])
    .describe(
      "Neither blank nor a word for nothing, such as NULL; without control characters. A number counts as its digits.",
    );

/** One that may also be empty, or a word for nothing. */
export const optionalText = (limit: number) => z.union([z.string().max(limit), z.int()]).nullish();

const anyCase = (word: string) => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
const flagPattern = [...flagWords.true, ...flagWords.false].map(anyCase).join("|");

/** What is true or false, as `readFlag` of src/churn/intake takes it. */
export const describedFlag = z
  .union([
    z.boolean(),
    z.literal([0, 1]),
    z.enum(absentWords),
    z.string().regex(new RegExp(`^[ \\t\\r\\n]*(?:${flagPattern})?[ \\t\\r\\n]*$`)),
  ])
  .nullish();

/** When an action was done, as the description of the API says it. More forms are taken: src/churn/intake/read-time.ts. */
export const describedTime = z
  .union([z.iso.datetime({ offset: true }), z.number().min(1e8).max(99_999_999_999_999)])
  .describe("ISO 8601 with its zone, or seconds or milliseconds since 1970; at most a day in the future.");

/**
 * What a user did, as the description of the API says it. What is read is judged by src/churn/intake, as in files; that both
 * agree is tested in functions/ingest/described-item.test.ts and functions/predict/described-action.test.ts.
 */
export const describedAction = z.looseObject({
  action: text(textLimits.action),
  timestamp: describedTime,
  passive: z.boolean().nullish().describe("Whether the business did it to the user; absent means that it did not."),
  event_id: optionalText(textLimits.event_id).describe("An action with an id counts once, however often it is sent."),
});

export const describedUserId = text(textLimits.user_id);
export const describedSource = optionalText(textLimits.source).describe("Where the id is unique.");
