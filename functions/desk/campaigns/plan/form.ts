import * as z from "zod";
import type { ByProfit } from "#churn/campaign/list-order.ts";
import { orSet, type SetCosts } from "#runtime/cost-settings.ts";
import type { KnownRate } from "#stores/campaigns/known-rate.ts";
import type { AudienceFilter } from "../audience/audience-filter.ts";
import { byProfit } from "./by-profit.ts";

/** A field of a form that may be left empty. */
function optional<Value>(pattern: RegExp, what: string, read: (text: string) => Value) {
  return z
    .string()
    .regex(pattern, what)
    .transform((text): Value | undefined => (text === "" ? undefined : read(text)))
    .optional();
}

const amount = optional(/^([0-9]{1,9}(\.[0-9]{1,4})?)?$/, "takes a number such as 12.50", Number);
const percent = optional(
  /^((100|[0-9]{1,2})(\.[0-9]{1,3})?)?$/,
  "takes a percentage such as 12.5",
  (text) => Math.min(100, Number(text)) / 100,
);
const days = optional(/^([0-9]{1,5})?$/, "takes a whole number of days", Number);
const count = optional(/^([1-9][0-9]{0,8})?$/, "takes a whole number", Number);

// No control characters. Not \P{Cc}, which clients that read the OpenAPI description in other languages do not know.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const line = /^[^\u0000-\u001F\u007F-\u009F]{0,256}$/u;

/** The fields of the form that plans a campaign: shares are in per cent, and what is left empty is not asked for. */
export const planFields = {
  state: z.enum(["at-risk", "slipping", "here"]).default("here"),
  min_risk: percent,
  max_risk: percent,
  min_value: amount,
  max_value: amount,
  min_silence: days,
  max_silence: days,
  min_tenure: days,
  max_tenure: days,
  reason: optional(line, "takes a group of reasons such as rhythm", String),
  cost: amount,
  incentive: amount,
  take_up: percent,
  save_rate: percent,
  worth: amount,
  windows: amount,
  capacity: count,
};

export const planForm = z.object(planFields);
export type PlanForm = z.output<typeof planForm>;

/** The form with what the settings say where it says nothing. */
export function withCosts<Form extends PlanForm>(form: Form, costs: SetCosts): Form {
  const { take_up: takeUp, save_rate: saveRate } = form;
  const { takeUp: take_up, saveRate: save_rate, ...others } = orSet({ ...form, takeUp, saveRate }, costs);
  return { ...form, ...others, take_up, save_rate };
}

export function filterOf(form: PlanForm): AudienceFilter {
  return {
    state: form.state,
    minProbability: form.min_risk,
    maxProbability: form.max_risk,
    minValue: form.min_value,
    maxValue: form.max_value,
    minSilence: form.min_silence,
    maxSilence: form.max_silence,
    minTenure: form.min_tenure,
    maxTenure: form.max_tenure,
    reason: form.reason,
  };
}

/** What the form says of cost and worth. */
export function economicsOf(form: PlanForm, { rate }: KnownRate): ByProfit {
  const { take_up: takeUp, save_rate: saveRate, cost, incentive, worth, windows, capacity } = form;
  return byProfit({ cost, incentive, takeUp, saveRate, worth, windows, capacity }, rate);
}
