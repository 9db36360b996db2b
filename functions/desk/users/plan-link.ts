import { planForm } from "../campaigns/plan/form.ts";
import type { ChosenUsers } from "./parameters.ts";

/** Where a campaign of the users chosen is planned; undefined where a plan cannot ask for them, such as for who has lapsed. */
export function planLink(chosen: ChosenUsers): string | undefined {
  const { state, moved, id } = chosen;
  if (state === undefined || state === "lapsed" || moved !== undefined || id !== undefined) return undefined;
  const query = {
    state: state === "at_risk" ? "at-risk" : state,
    reason: chosen.reason,
    min_risk: percent(chosen.min_probability),
    max_risk: percent(chosen.max_probability),
    min_value: chosen.min_value,
    max_value: chosen.max_value,
    min_silence: chosen.min_silence,
    max_silence: chosen.max_silence,
    min_tenure: chosen.min_tenure,
    max_tenure: chosen.max_tenure,
  };
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  // Its fields take fewer digits than those of the list.
  if (!planForm.safeParse(Object.fromEntries(given)).success) return undefined;
  return `/campaigns/new?${new URLSearchParams(given)}`;
}

/** Without the dust of binary fractions. */
function percent(share: number | undefined): number | undefined {
  return share === undefined ? undefined : Number((100 * share).toPrecision(12));
}
