import * as z from "zod";
import type { ProfitPoint } from "#churn/campaign/how-many.ts";
import { InvalidInput } from "#churn/failure.ts";
import { json } from "#runtime/http.ts";
import { getRoute, type Route } from "#runtime/route.ts";
import type { CampaignsServices } from "../services.ts";
import { planForm, withCosts } from "./form.ts";
import { type PlanView, planView } from "./view.ts";

const point = z.object({ contacts: z.int(), profit: z.number(), low: z.number(), high: z.number() });

const shownPlan = z.object({
  users: z.int().describe("How many may be contacted."),
  left_out: z.record(z.string(), z.int()).describe("How many users fit but may not be contacted, by the reason."),
  save_rate: z.object({ value: z.number(), low: z.number(), high: z.number(), source: z.string() }),
  optimum: point.describe(
    "The most profitable length of the list within the capacity, those first whom it pays most to contact.",
  ),
  unlimited: point.describe("That without the capacity."),
  range: z
    .object({ low: z.int(), high: z.int() })
    .describe("The most profitable lengths with the save rate at either end of its interval."),
  last: z
    .object({ probability: z.number(), value: z.number() })
    .optional()
    .describe("The last user whom the optimum takes."),
  curve: z.array(point).describe("About a hundred lengths, from none to all."),
});

/** How many to contact, for tools: what the page that plans a campaign tells. */
export function planRoute(services: CampaignsServices): Route {
  return getRoute({
    path: "/v1/plan",
    access: "read",
    summary: "How many users to contact, by what contacts cost and bring",
    description: "Parameters are the fields of the page that plans a campaign; shares are in per cent.",
    parameters: planForm,
    responses: { 200: shownPlan },
    handle: async (form, request) =>
      json(200, planShown(await planView(withCosts(form, services.costs), services, request))),
  });
}

function planShown({ plan, fault, known: { rate, source } }: PlanView): z.input<typeof shownPlan> {
  if (plan === undefined) throw new InvalidInput(fault ?? "There is nothing to plan.");
  const { users, suppressed, optimum, unlimited, range, last, curve } = plan;
  return {
    ...{ users, left_out: Object.fromEntries(suppressed) },
    save_rate: { value: rate.value, low: rate.low, high: rate.high, source },
    ...{ optimum: pointShown(optimum), unlimited: pointShown(unlimited) },
    range: { low: range[0], high: range[1] },
    last: last && { probability: last.probability, value: last.value },
    curve: curve.map(pointShown),
  };
}

function pointShown({ contacts, profit, low, high }: ProfitPoint): z.input<typeof point> {
  return { contacts, profit, low, high };
}
