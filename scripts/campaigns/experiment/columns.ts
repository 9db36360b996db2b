import { InvalidInput } from "#churn/failure.ts";
import { plainName, roleNames } from "#churn/intake/role-names.ts";
import { isLikelyTime } from "../../log/reading/likely-time.ts";
import { columnName, type Records } from "../../log/records/records.ts";
import { meansControl } from "./arms.ts";

/** Which columns of an experiment hold what, as options name them: by name, or by number from 1. */
export interface ColumnOptions {
  readonly user?: string | undefined;
  readonly arm?: string | undefined;
  readonly time?: string | undefined;
  /** The probability of churn at the assignment, and the value before it. */
  readonly score?: string | undefined;
  readonly value?: string | undefined;
  readonly outcome?: readonly string[] | undefined;
  readonly covariate?: readonly string[] | undefined;
  /** Whether outcomes are read from the actions, and none from the file. */
  readonly fromLog?: boolean | undefined;
  /** When users were assigned, where no column says; in milliseconds since the epoch. */
  readonly assignedAt?: number | undefined;
}

export interface ExperimentColumns {
  readonly user: number | undefined;
  readonly arm: number;
  readonly time: number | undefined;
  readonly score: number | undefined;
  readonly value: number | undefined;
  readonly outcomes: readonly number[];
  readonly covariates: readonly number[];
}

/** Names that mean a role, the clearest first, as lower-case letters and digits only. */
const names = {
  user: [...roleNames.user, "id"],
  arm: [
    ...["arm", "treatment", "treated", "istreated", "istreatment", "group", "testgroup", "abgroup", "variant"],
    ...["variation", "version", "segment", "experimentgroup", "condition", "assignment", "cell", "iscontrol"],
    ...["control", "incontrol", "isholdout", "inholdout", "holdout", "armname", "groupname"],
  ],
  time: ["assignedat", "assignmenttime", "assigned", "assignmentdate", "enrolledat", "exposedat", ...roleNames.time],
} as const;

/** A column with more different texts than this holds no arms, unless an option says so. */
const mostArms = 20;

/** A column of whose texts each stands in more rows than this, on average, names no users, unless an option says so. */
const rowsOfUser = 10;

/** Outcomes of which less is good, and more; the last names say nothing of either. */
const outcomeNames = {
  less: ["churned", "churn", "left", "lapsed", "cancelled", "canceled", "cancel", "unsubscribed", "attrited", "exited"],
  more: [
    ...["retained", "stayed", "kept", "active", "renewed", "returned", "visit", "visited", "visits", "conversion"],
    ...["converted", "purchase", "purchased", "spend", "spent", "revenue", "sales", "amount"],
  ],
  either: ["outcome", "y", "target", "response", "label", "result"],
};

/**
 * Finds the columns, by options and by names. Throws InvalidInput, with the columns found and the flags to use, where the
 * arm stays unknown or an option names no column.
 */
export function chooseExperimentColumns(records: Records, options: ColumnOptions): ExperimentColumns {
  const taken = new Set<number>();
  const take = (column: number | undefined) => {
    if (column !== undefined) taken.add(column);
    return column;
  };
  // What options name is not guessed for anything else.
  const given = (flag: string, name: string | undefined) =>
    take(name === undefined ? undefined : named(flag, name, records));
  const outcomes = (options.outcome ?? []).map((name) => named("outcome", name, records));
  const covariates = (options.covariate ?? []).map((name) => named("covariate", name, records));
  for (const column of [...outcomes, ...covariates]) taken.add(column);
  const found = {
    user: given("user", options.user),
    arm: given("arm", options.arm),
    time: given("time", options.time),
    score: given("score", options.score),
    value: given("value", options.value),
  };
  const guess = (role: keyof typeof names, isLikely: (column: number) => boolean) =>
    take(
      names[role]
        .flatMap((name) => columnsNamed(name, records))
        .find((column) => !taken.has(column) && isLikely(column)),
    );
  const kinds = (column: number) => new Set(records.sample.map((row) => row[column] ?? "")).size;
  const arm = found.arm ?? guess("arm", (column) => kinds(column) <= mostArms) ?? take(armByContent(records, taken));
  if (arm === undefined)
    throw new InvalidInput(
      `Cannot tell which column holds the arm: name it with --arm COLUMN. ${columnsFound(records)}`,
    );
  const user = found.user ?? guess("user", (column) => rowsOfUser * kinds(column) > records.sample.length);
  const time = found.time ?? guess("time", (column) => share(records, column, isLikelyTime) > 0.5);
  const guessed =
    outcomes.length > 0 || options.fromLog === true
      ? []
      : Array.from({ length: records.width }, (_, column) => column).filter(
          (column) => !taken.has(column) && directionOf(columnName(records, column)) !== undefined,
        );
  const chosen = [...outcomes, ...guessed];
  if (chosen.length === 0 && options.fromLog !== true && time === undefined && options.assignedAt === undefined)
    throw new InvalidInput(
      `No column tells an outcome by its name: name it with --outcome COLUMN; or have outcomes read from the actions with --from-log. ${columnsFound(records)}`,
    );
  return { ...found, user, arm, time, outcomes: chosen, covariates };
}

/** Which way is good, by the name of an outcome; undefined for a name that means no outcome. */
export function directionOf(name: string): "more" | "less" | "either" | undefined {
  const plain = plainName(name);
  if (!/(?:before|prior|previous|past|last|baseline)/.test(plain)) {
    if (/churn|cancel|unsubscri|attrit/.test(plain)) return "less";
    if (/retention|retained|conver[ts]|renew/.test(plain)) return "more";
  }
  if (outcomeNames.less.includes(plain)) return "less";
  if (outcomeNames.more.includes(plain)) return "more";
  return outcomeNames.either.includes(plain) ? "either" : undefined;
}

/** The only column with a name like that of arms in which one of a few texts means a control group. */
function armByContent(records: Records, taken: ReadonlySet<number>): number | undefined {
  const found = Array.from({ length: records.width }, (_, column) => column).filter((column) => {
    const texts = [...new Set(records.sample.map((row) => (row[column] ?? "").trim()))].filter((text) => text !== "");
    return (
      !taken.has(column) &&
      armLike.test(columnName(records, column)) &&
      texts.length > 1 &&
      texts.length <= 6 &&
      texts.filter(meansControl).length === 1
    );
  });
  return found.length === 1 ? found[0] : undefined;
}

const armLike =
  /treat|arm|group|varia|segment|assign|experiment|condition|promo|offer|exposed|contacted|intervention|mailed/i;

/** Whether a column tells by its name who is in the control group, and not who is treated. */
export function tellsControl(name: string): boolean {
  return ["iscontrol", "control", "incontrol", "isholdout", "inholdout", "holdout"].includes(plainName(name));
}

/** The share of the texts in a column's first rows of which something is true. */
function share({ sample }: Records, column: number, is: (text: string) => boolean): number {
  const texts = sample.map((row) => row[column] ?? "").filter((text) => text !== "");
  return texts.length === 0 ? 0 : texts.filter(is).length / texts.length;
}

function columnsNamed(name: string, { names: own = [] }: Records): number[] {
  return own.flatMap((one, column) => (plainName(one) === name ? [column] : []));
}

function named(flag: string, given: string, records: Records): number {
  const byName = records.names?.indexOf(given) ?? -1;
  if (byName >= 0) return byName;
  const number = Number(given);
  if (Number.isInteger(number) && number >= 1 && number <= records.width) return number - 1;
  const close = records.names?.findIndex((name) => plainName(name) === plainName(given)) ?? -1;
  if (close >= 0) return close;
  throw new InvalidInput(`--${flag} ${given}: there is no such column. ${columnsFound(records)}`);
}

function columnsFound(records: Records): string {
  const shown = Array.from({ length: Math.min(records.width, 40) }, (_, column) => columnName(records, column));
  return `Columns found: ${shown.join(", ")}${records.width > 40 ? ", …" : ""}.`;
}
