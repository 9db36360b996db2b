import type { PlanForm } from "./form.ts";

/** A field of the form as the page shows it. */
export interface ShownField {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly hint?: string | undefined;
  /** Of a choice: value and text. */
  readonly options?: readonly (readonly [value: string, text: string])[] | undefined;
  readonly mode: "numeric" | "decimal";
}

/** The fields with what was filled in: whom, and what it costs and brings. */
export function fieldsOf(form: PlanForm): {
  readonly who: readonly ShownField[];
  readonly money: readonly ShownField[];
} {
  const percent = (name: keyof PlanForm, label: string, share: number | undefined, hint?: string): ShownField => ({
    ...{ name, label: `${label} (%)`, value: share === undefined ? "" : String(Math.round(1e5 * share) / 1e3), hint },
    mode: "decimal",
  });
  const number = (name: keyof PlanForm, label: string, value: number | undefined, hint?: string): ShownField => ({
    ...{ name, label, value: value === undefined ? "" : String(value), hint },
    mode: "decimal",
  });
  return {
    who: [
      { name: "state", label: "Users", value: form.state, options: states, mode: "numeric" },
      {
        name: "reason",
        label: "With a reason of",
        value: form.reason ?? "",
        options: reasonsWith(form.reason),
        mode: "numeric",
      },
      percent("min_risk", "Leave with at least", form.min_risk),
      percent("max_risk", "Leave with at most", form.max_risk, "leaves out those who are as good as gone"),
      number("min_value", "Worth at least", form.min_value, "in a churn window, lately"),
      number("max_value", "Worth at most", form.max_value),
      number("min_silence", "Silent for at least (days)", form.min_silence),
      number("max_silence", "Silent for at most (days)", form.max_silence),
      number("min_tenure", "With you for at least (days)", form.min_tenure),
      number("max_tenure", "With you for at most (days)", form.max_tenure),
    ],
    money: [
      number("cost", "Cost of one contact", form.cost),
      number("incentive", "Incentive", form.incentive, "what a user costs who takes what you offer"),
      percent("take_up", "Take the incentive anyway", form.take_up, "of those who would stay; empty: all"),
      percent(
        "save_rate",
        "Save rate",
        form.save_rate,
        "of those who would leave; empty: as your campaigns have shown, and before that a guess",
      ),
      number("worth", "Worth of a user who stays", form.worth, "empty: what each was worth in a churn window"),
      number(
        "windows",
        "Counted for (churn windows)",
        form.windows,
        "where the worth is left empty: how long each is worth as much; empty: one",
      ),
      number(
        "capacity",
        "At most (contacts)",
        form.capacity,
        "how many you can make; empty: as set for all campaigns, if anything is",
      ),
    ],
  };
}

const states = [
  ["here", "all who are here"],
  ["slipping", "slipping (medium risk)"],
  ["at-risk", "at risk (high risk)"],
] as const;

/** The groups of features, as the catalogue has them. */
const reasons = [
  ["", "any kind"],
  ["rhythm", "rhythm: how often they come"],
  ["activity", "activity: how much they do"],
  ["value", "value: what they spend"],
  ["tenure", "tenure: how long they are with you"],
] as const;

/** What a link asks for, such as `action login`, stays chosen, although the form does not offer it. */
function reasonsWith(chosen: string | undefined): ShownField["options"] {
  const isOffered = chosen === undefined || reasons.some(([group]) => group === chosen);
  return isOffered ? reasons : [...reasons, [chosen, chosen]];
}

/** What the fields are called. */
export const planLabels: Readonly<Record<string, string>> = labelsOf(fieldsOf({ state: "here" }));

function labelsOf({ who, money }: ReturnType<typeof fieldsOf>): Record<string, string> {
  return Object.fromEntries([...who, ...money].map(({ name, label }) => [name, label]));
}
