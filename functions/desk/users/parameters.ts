import * as z from "zod";
import { type ListState, listMoves, listStates } from "#churn/list/listed-user.ts";
import { type UserFilter, type UserOrder, userOrders } from "#stores/users/user-list.ts";

/** A field of a form that was left empty asks for nothing. */
function unlessEmpty<Value>(text: string, read: (text: string) => Value): Value | undefined {
  return text === "" ? undefined : read(text);
}

const share = z
  .string()
  .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)?$/, "must be a share from 0 to 1, such as 0.25")
  .transform((text) => unlessEmpty(text, Number))
  .optional();
const amount = z
  .string()
  .regex(/^(-?\d{1,12}(\.\d{1,6})?)?$/, "must be a number, such as 12.50")
  .transform((text) => unlessEmpty(text, Number))
  .optional();
const days = z
  .string()
  .regex(/^(\d{1,5})?$/, "must be a whole number of days")
  .transform((text) => unlessEmpty(text, Number))
  .optional();
const words = (most: number) =>
  z
    .string()
    .max(most)
    .transform((text) => unlessEmpty(text, String))
    .optional();

/** Which users, and in which order: of the page and of the API alike. */
export const chosenUsers = z.object({
  state: z
    .enum([...listStates, ""])
    .transform((state) => (state === "" ? undefined : state))
    .optional()
    .describe("here holds slipping (medium risk) and at_risk (high risk); all users by default."),
  moved: z
    .enum([...listMoves, ""])
    .transform((moved) => (moved === "" ? undefined : moved))
    .optional()
    .describe(
      "Since the list before: entered (at risk now), calmed (at low risk now), or lost (was at risk, and has lapsed).",
    ),
  id: words(256).describe("What the user id begins with."),
  reason: words(256).describe("A group of features that is among the reasons, such as rhythm."),
  min_probability: share,
  max_probability: share,
  min_value: amount.describe("Of what the user is worth in a churn window, on average lately."),
  max_value: amount,
  min_silence: days.describe("Days since the last action."),
  max_silence: days,
  min_tenure: days.describe("Days since the first action."),
  max_tenure: days,
  sort: z
    .enum([...userOrders, ""])
    .transform((sort) => (sort === "" ? undefined : sort))
    .optional()
    .describe(
      "By user_id from the first, by anything else from the highest; probability by default, and value with state=lapsed.",
    ),
});

export type ChosenUsers = z.infer<typeof chosenUsers>;

/** Where the page begins; without it, at the beginning. */
export const cursorParameter = words(2048).describe("The next of the page before.");

export function filterOf(chosen: ChosenUsers): UserFilter {
  return {
    state: chosen.state,
    moved: chosen.moved,
    idPrefix: chosen.id,
    reason: chosen.reason,
    minProbability: chosen.min_probability,
    maxProbability: chosen.max_probability,
    minValue: chosen.min_value,
    maxValue: chosen.max_value,
    minSilence: chosen.min_silence,
    maxSilence: chosen.max_silence,
    minTenure: chosen.min_tenure,
    maxTenure: chosen.max_tenure,
  };
}

const ofThoseHere: ReadonlySet<UserOrder> = new Set(["probability", "value_at_risk"]);

/** Whether users of a state can be sorted so: who has lapsed has no probability, and nothing at risk. */
export function canBeSorted(state: ListState | undefined, order: UserOrder): boolean {
  return state !== "lapsed" || !ofThoseHere.has(order);
}

/** By probability where that tells users apart. */
export function orderOf({ sort, state }: ChosenUsers): UserOrder {
  return sort ?? (canBeSorted(state, "probability") ? "probability" : "value");
}

/** The query string of these choices, with others in their place; without what is undefined. */
export function queryWith(chosen: ChosenUsers, changes: Readonly<Record<string, string | undefined>> = {}): string {
  const all = Object.entries<string | number | undefined>({ ...chosen, ...changes });
  const query = new URLSearchParams();
  for (const [name, value] of all) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? "" : `?${query}`;
}
