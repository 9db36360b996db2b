import type { FeatureDefinition } from "../definition.ts";
import type { Past } from "./past.ts";
import type { Telling } from "./telling.ts";

/** One value of a feature vector: what it is called, how it is computed, and how it is told. */
export interface Feature {
  /** Unique within a definition, such as `count_login_60d`. */
  readonly name: string;
  /** The name of its kind, such as `count_{action}_{days}d`. */
  readonly kind: string;
  readonly group: string;
  readonly scale: Scale;
  /** In words, such as `“login” in the last 60 days`. */
  readonly description: string;
  /** Looks up what it needs in a past; the function returned reads the value of the user and snapshot it is moved to. */
  readonly measure: (past: Past) => () => number;
  /** One user's value as a reason; see FeatureKind. */
  readonly tell: (telling: Telling) => string | undefined;
}

/**
 * How a regression takes the values. `skewed`: at least 0, with a heavy tail (counts, sums, times); `signed`: below zero
 * too; `calendar`: skewed, and growing with the calendar, so that the users to be scored lie beyond those learned from.
 */
export type Scale = "skewed" | "signed" | "calendar";

/** The record of one kind of feature. */
interface FeatureRecord<Template extends string> {
  /** With a placeholder for each parameter: `{action}` is a text, any other a whole number. */
  readonly name: Template;
  /**
   * What it tells about. Features of one group overlap (the windows of one action, the measures of one rhythm), so that
   * a regression may give them weights of opposite signs: only the sum of a group's contributions means something.
   */
  readonly group: string | ((parameters: ParametersOf<Template>) => string);
  /** `skewed` by default. */
  readonly scale?: Scale;
  /** Which features of the kind there are under a definition, in the order of the vector. */
  readonly under: (plan: FeaturePlan) => readonly ParametersOf<Template>[];
  /** See Feature. */
  readonly measure: (past: Past, parameters: ParametersOf<Template>) => () => number;
  readonly description: (parameters: ParametersOf<Template>) => string;
  /**
   * The value in words, such as `last action 34 days ago (typically 5)`. Undefined where no sentence about it would be
   * true and mean something: a gap between active days of a user who had only one, a short pause as a reason to leave.
   */
  readonly tell: (telling: Telling, parameters: ParametersOf<Template>) => string | undefined;
}

/** A definition with what follows from it. */
export interface FeaturePlan extends FeatureDefinition {
  /** Lengths in days, longest first. */
  readonly windows: readonly number[];
}

/** All features of one kind. */
export interface FeatureKind {
  under(plan: FeaturePlan): Feature[];
  /** The feature of a name of this kind; undefined for any other text. */
  parse(name: string): Feature | undefined;
}

interface Naming<Template extends string> {
  /** The name of the feature with these parameters. */
  nameOf(parameters: ParametersOf<Template>): string;
}

export function featureKind<const Template extends string>(
  record: FeatureRecord<Template>,
): FeatureKind & Naming<Template> {
  const { group, description, measure, tell, scale = "skewed" } = record;
  const placeholders = [...record.name.matchAll(/\{(\w+)\}/g)].map(([, key = ""]) => key);
  const pattern = new RegExp(`^${record.name.replaceAll("{action}", "(.+)").replaceAll(/\{\w+\}/g, "(\\d+)")}$`, "s");
  const nameOf = (parameters: Values) => record.name.replaceAll(/\{(\w+)\}/g, (_, key) => String(parameters[key]));
  const isOfKind = (parameters: Values): parameters is ParametersOf<Template> =>
    placeholders.every((key) => typeof parameters[key] === typeOf(key));

  const featureOf = (parameters: ParametersOf<Template>): Feature => ({
    name: nameOf(parameters),
    kind: record.name,
    group: typeof group === "string" ? group : group(parameters),
    scale,
    description: description(parameters),
    measure: (past) => measure(past, parameters),
    tell: (telling) => tell(telling, parameters),
  });

  return {
    nameOf,
    under: (plan) => record.under(plan).map(featureOf),
    parse(name) {
      const [match, ...texts] = pattern.exec(name) ?? [];
      if (match === undefined) return undefined;
      const parameters = Object.fromEntries(
        placeholders.map((key, i) => [key, typeOf(key) === "string" ? (texts[i] ?? "") : Number(texts[i])]),
      );
      return isOfKind(parameters) && nameOf(parameters) === name ? featureOf(parameters) : undefined;
    },
  };
}

type Placeholder<Template extends string> = Template extends `${string}{${infer Key}}${infer Rest}`
  ? Key | Placeholder<Rest>
  : never;

type ParametersOf<Template extends string> = {
  readonly [Key in Placeholder<Template>]: Key extends "action" ? string : number;
};

type Values = Readonly<Record<string, string | number>>;

function typeOf(placeholder: string): "string" | "number" {
  return placeholder === "action" ? "string" : "number";
}
