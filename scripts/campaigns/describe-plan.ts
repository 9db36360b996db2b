import type { HowMany, ProfitPoint } from "#churn/campaign/how-many.ts";
import { whyNone } from "#functions/desk/campaigns/plan/why-none.ts";
import type { KnownRate } from "#stores/campaigns/known-rate.ts";
import { textTable } from "../terminal/text-table.ts";

/** How many to contact, as a table of a dozen lengths of the list and a sentence. */
export function describeHowMany({ curve, optimum, unlimited, range }: HowMany, saveRate: KnownRate): string {
  const every = Math.max(1, Math.floor(curve.length / 12));
  const shown = [...curve.filter((_, i) => i % every === 0), optimum, unlimited]
    .toSorted((a, b) => a.contacts - b.contacts)
    .filter((point, i, all) => point.contacts !== all[i - 1]?.contacts);
  const table = textTable(
    ["contacts", "profit", "if the save rate is low", "if it is high"],
    shown.map((point) => [mark(point, optimum), money(point.profit), money(point.low), money(point.high)]),
  );
  const best =
    optimum.contacts === 0
      ? whyNone(saveRate)
      : `Contact ${count(optimum.contacts)}: ${money(optimum.profit)} (${money(optimum.low)} to ${money(optimum.high)}).`;
  const capped =
    unlimited.contacts > optimum.contacts
      ? ` Without the limit, ${count(unlimited.contacts)} would be best, with ${money(unlimited.profit)}.`
      : "";
  const spread =
    range[0] === range[1]
      ? ""
      : ` Between the ends of the save rate's interval, the best number is ${count(range[0])} to ${count(range[1])}.`;
  return `${table}\n\n${best}${capped}${spread}\n${describeSaveRate(saveRate)}`;
}

export function describeSaveRate({ rate: { value, low, high }, source }: KnownRate): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  return `Save rate: ${percent(value)} (${percent(low)} to ${percent(high)}), ${source}.`;
}

function mark({ contacts }: ProfitPoint, best: ProfitPoint): string {
  return `${contacts === best.contacts ? "* " : "  "}${count(contacts)}`;
}

function money(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: Math.abs(value) >= 1_000 ? 0 : 2 });
}

function count(value: number): string {
  return value.toLocaleString("en");
}
