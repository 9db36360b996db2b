import * as z from "zod";
import type { LapseEvent } from "#runtime/events.ts";

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
  if (filter.expressions.length > 0) return filter.expressions.every((expression) => holds(expression, event));
  return Object.entries(filter.attributes).every(([name, wanted]) => {
    const value = attribute(event, name);
    return wanted === "" ? value !== undefined && value !== "" : value === wanted;
  });
}

function holds(expression: FilterExpression, event: LapseEvent): boolean {
  if ("exact" in expression) return every(expression.exact, event, (value, wanted) => value === wanted);
  if ("prefix" in expression) return every(expression.prefix, event, (value, wanted) => value.startsWith(wanted));
  if ("suffix" in expression) return every(expression.suffix, event, (value, wanted) => value.endsWith(wanted));
  if ("all" in expression) return expression.all.every((inner) => holds(inner, event));
  if ("any" in expression) return expression.any.some((inner) => holds(inner, event));
  return !holds(expression.not, event);
}

function every(
  wanted: Record<string, string>,
  event: LapseEvent,
  test: (value: string, wanted: string) => boolean,
): boolean {
  return Object.entries(wanted).every(([name, text]) => {
    const value = attribute(event, name);
    return value !== undefined && test(value, text);
  });
}

/** A context attribute as text; extensions by their own name. */
function attribute(event: LapseEvent, name: string): string | undefined {
  switch (name) {
    case "specversion":
      return "1.0";
    case "datacontenttype":
      return event.data === undefined ? undefined : "application/json";
    case "id":
    case "source":
    case "type":
    case "subject":
    case "time":
      return event[name];
    default: {
      const value = event.extensions?.[name];
      return value === undefined ? undefined : String(value);
    }
  }
}
