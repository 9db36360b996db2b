import * as z from "zod";
import { attributesOf, type LapseEvent } from "#runtime/events.ts";

/** Attribute names and the values that they must have. */
const attributes = z.record(z.string().min(1), z.string().min(1));

/** One expression of a Trigger's `spec.filters`, in the dialects of the CloudEvents Subscriptions API. */
export type FilterExpression =
  | { exact: Record<string, string> }
  | { prefix: Record<string, string> }
  | { suffix: Record<string, string> }
  | { all: FilterExpression[] }
  | { any: FilterExpression[] }
  | { not: FilterExpression };

/** Exactly one dialect each; `cesql` is refused, as the local broker does not speak it. */
export const filterExpressionSchema: z.ZodType<FilterExpression> = z.lazy(() =>
  z.union([
    z.strictObject({ exact: attributes }),
    z.strictObject({ prefix: attributes }),
    z.strictObject({ suffix: attributes }),
    z.strictObject({ all: z.array(filterExpressionSchema).min(1) }),
    z.strictObject({ any: z.array(filterExpressionSchema).min(1) }),
    z.strictObject({ not: filterExpressionSchema }),
  ]),
);

export interface TriggerFilter {
  /** `spec.filter.attributes`: an empty value means that the attribute is there, whatever its value. */
  readonly attributes: Readonly<Record<string, string>>;
  /** `spec.filters`: all must hold; where there are any, `attributes` is not looked at. */
  readonly expressions: readonly FilterExpression[];
}

/** Whether a Trigger with this filter takes the event, as Knative's broker decides it. */
export function matches(filter: TriggerFilter, event: LapseEvent): boolean {
  const given = attributesOf(event);
  if (filter.expressions.length > 0) return filter.expressions.every((expression) => holds(expression, given));
  return Object.entries(filter.attributes).every(([name, wanted]) => {
    const value = textOf(given, name);
    return wanted === "" ? value !== undefined && value !== "" : value === wanted;
  });
}

type Attributes = ReturnType<typeof attributesOf>;

function holds(expression: FilterExpression, given: Attributes): boolean {
  if ("exact" in expression) return every(expression.exact, given, (value, wanted) => value === wanted);
  if ("prefix" in expression) return every(expression.prefix, given, (value, wanted) => value.startsWith(wanted));
  if ("suffix" in expression) return every(expression.suffix, given, (value, wanted) => value.endsWith(wanted));
  if ("all" in expression) return expression.all.every((inner) => holds(inner, given));
  if ("any" in expression) return expression.any.some((inner) => holds(inner, given));
  return !holds(expression.not, given);
}

function every(
  wanted: Record<string, string>,
  given: Attributes,
  test: (value: string, wanted: string) => boolean,
): boolean {
  return Object.entries(wanted).every(([name, text]) => {
    const value = textOf(given, name);
    return value !== undefined && test(value, text);
  });
}

/** An attribute as text; undefined if the event lacks it. */
function textOf(given: Attributes, name: string): string | undefined {
  return Object.hasOwn(given, name) ? String(given[name]) : undefined;
}
