import type { Arm } from "#churn/campaign/campaign.ts";
import { InvalidInput } from "#churn/failure.ts";
import { formatCounted } from "#pages/format.ts";

/** A text that stands in the column of arms, and in how many rows. */
export interface ArmValue {
  readonly text: string;
  readonly rows: number;
}

export interface ArmOptions {
  /** What stands for the control group, and for the treatment. */
  readonly control?: readonly string[] | undefined;
  readonly treatment?: readonly string[] | undefined;
}

export interface ArmChoice {
  /** The arm of each text; a row with any other is left out. */
  readonly arms: ReadonlyMap<string, Arm>;
  readonly notes: readonly string[];
}

/**
 * Which texts stand for which arm: as options say, else by what they mean. `isControlColumn` says that the column tells who
 * is in the control group. Throws InvalidInput, with the texts found, where it is not clear which is the control group.
 */
export function chooseArms(
  values: readonly ArmValue[],
  { control, treatment }: ArmOptions,
  isControlColumn: boolean,
): ArmChoice {
  if (values.length === 0)
    throw new InvalidInput("No row has an arm: the column of arms is empty, or the file has no rows.");
  for (const [flag, texts] of [["control", control] as const, ["treatment", treatment] as const])
    for (const text of texts ?? [])
      if (!values.some((value) => isSame(value.text, text)))
        throw new InvalidInput(`--${flag} ${text}: no row has that. ${valuesFound(values)}`);
  const isNamed = (texts: readonly string[] | undefined) => (value: ArmValue) =>
    (texts ?? []).some((text) => isSame(value.text, text));
  const others = values.filter((value) => !isNamed(treatment)(value));
  const means = (value: ArmValue) => (isControlColumn ? saysYes(value.text) : meansControl(value.text));
  const controls =
    control !== undefined
      ? values.filter(isNamed(control))
      : treatment !== undefined && others.length === 1
        ? others
        : others.filter(means);
  if (controls.length === 0 || (control === undefined && controls.length > 1)) throw unclear(values);
  const treated =
    treatment !== undefined ? values.filter(isNamed(treatment)) : values.filter((value) => !controls.includes(value));
  if (treated.length === 0 || treated.some((value) => controls.includes(value))) throw unclear(values);
  const arms = new Map<string, Arm>();
  for (const { text } of controls) arms.set(text, "control");
  for (const { text } of treated) arms.set(text, "treatment");
  const list = (chosen: readonly ArmValue[]) => chosen.map(({ text }) => `"${text}"`).join(" and ");
  const left = values.filter(({ text }) => !arms.has(text));
  return {
    arms,
    notes: [
      `${list(treated)} → treatment, ${list(controls)} → control.`,
      ...(treatment === undefined && treated.length > 1
        ? ["Several texts together are the treatment; --treatment picks one."]
        : []),
      ...(left.length > 0
        ? [`Left out: ${left.map(({ text, rows }) => `${formatCounted(rows, "row")} with "${text}"`).join(", ")}.`]
        : []),
    ],
  };
}

/** Whether a text by itself stands for a control group. */
export function meansControl(text: string): boolean {
  const plain = text.trim().toLowerCase();
  return (
    /^(?:0|0\.0+|no|n|false|f|off|none|c|ctrl|baseline|placebo|psa|untreated)$/.test(plain) ||
    /^(?:no|not|non)[ _-]/.test(plain) ||
    /control|ctrl|hold[ _-]?out/.test(plain)
  );
}

function saysYes(text: string): boolean {
  return /^(?:1|1\.0+|yes|y|true|t|control)$/i.test(text.trim());
}

function isSame(a: string, b: string): boolean {
  return (
    a.trim().toLowerCase() === b.trim().toLowerCase() || (a.trim() !== "" && b.trim() !== "" && Number(a) === Number(b))
  );
}

function unclear(values: readonly ArmValue[]): InvalidInput {
  return new InvalidInput(
    `Cannot tell which arm is the control group: name it with --control TEXT (and --treatment TEXT, if not all others are). ${valuesFound(values)}`,
  );
}

function valuesFound(values: readonly ArmValue[]): string {
  const shown = values.slice(0, 10).map(({ text, rows }) => `"${text}" (${formatCounted(rows, "row")})`);
  return `The column of arms has ${shown.join(", ")}${values.length > 10 ? ", …" : ""}.`;
}
