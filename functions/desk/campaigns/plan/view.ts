import { InvalidInput } from "#churn/failure.ts";
import type { HttpRequest } from "#runtime/http.ts";
import { type KnownRate, knownRate } from "#stores/campaigns/known-rate.ts";
import { mayOperate } from "../../may-operate.ts";
import type { CampaignsServices } from "../services.ts";
import { usualRest } from "./by-profit.ts";
import { economicsOf, filterOf, type PlanForm } from "./form.ts";
import { oldListInWords } from "./old-list.ts";
import { type Plan, planOf } from "./plan.ts";

/** What the page that plans a campaign shows. */
export interface PlanView {
  readonly reader: string | undefined;
  /** Whether the reader may create the campaign. */
  readonly mayOperate: boolean;
  readonly form: PlanForm;
  readonly known: KnownRate;
  /** In days: what a campaign's window is unless it is changed. */
  readonly churnDays: number;
  /** What is to be known of a list that is old. */
  readonly oldList: string | undefined;
  /** Undefined where it cannot be told, and `fault` says why. */
  readonly plan: Plan | undefined;
  readonly fault: string | undefined;
}

export async function planView(
  form: PlanForm,
  {
    features,
    users,
    campaigns,
    contacts,
    now,
  }: Pick<CampaignsServices, "features" | "users" | "campaigns" | "contacts" | "now">,
  request: Pick<HttpRequest, "caller">,
): Promise<PlanView> {
  const known = await knownRate(campaigns, form.save_rate);
  const set = await features.currentSet();
  const common = {
    ...{ reader: request.caller?.name, mayOperate: mayOperate(request), form, known },
    churnDays: set?.definition.churn.churnDays ?? 30,
    oldList: oldListInWords(set?.snapshot, now()),
  };
  try {
    const plan = await planOf(
      { filter: filterOf(form), ...economicsOf(form, known), restDays: usualRest, at: now() },
      { users, campaigns, contacts },
    );
    return { ...common, plan, fault: undefined };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { ...common, plan: undefined, fault: error.message };
  }
}
