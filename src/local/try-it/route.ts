import { dayOf } from "#churn/day.ts";
import { pageResponse } from "#pages/page-response.ts";
import { getRoute, noParameters, type Route } from "#runtime/route.ts";
import { text } from "#runtime/route-description.ts";
import type { Stores } from "#stores/open-stores.ts";
import { nextSteps, stepsOf } from "../next-steps.ts";
import { renderTryIt } from "./page.ts";

/** GET /try. */
export function tryItRoute({ actions, features }: Pick<Stores, "actions" | "features">, now: () => number): Route {
  return getRoute({
    path: "/try",
    access: "read",
    summary: "Lines to paste into a terminal",
    parameters: noParameters,
    responses: { 200: text("text/html", "Requests that send an action, ask for a prediction, and train.") },
    handle: async (_parameters, { headers, caller }) => {
      const passive = (await features.currentSet())?.definition.churn.passive;
      const [extent, [frequent], [top]] = await Promise.all([
        actions.extent(passive),
        actions.actionFrequencies(passive),
        features.topScores(1),
      ]);
      const of = stepsOf(top?.userId, frequent?.action, extent, dayOf(now()));
      const steps = nextSteps(`http://${String(headers.host)}`, of, { isKeyNeeded: caller !== undefined });
      return pageResponse(renderTryIt(steps));
    },
  });
}
