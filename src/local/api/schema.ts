import { html, type Markup } from "#pages/html.ts";
import type { JsonSchema } from "#runtime/openapi/json-schema.ts";

type Schema = JsonSchema | boolean;

/** A JSON schema in words: its type with its bounds, what it means, and the same of its parts. */
export function schemaMarkup(schema: Schema): Markup {
  if (typeof schema === "boolean") return html`${schema ? "anything" : "nothing"}`;
  const { description, anyOf, items, properties, required = [] } = schema;
  const note = description === undefined ? "" : html` <span class="note">${description}</span>`;
  if (anyOf !== undefined)
    return html`one of${note}<ul>${anyOf.map((one) => html`<li>${schemaMarkup(one)}</li>`)}</ul>`;
  if (items !== undefined && !Array.isArray(items))
    return html`array${bounds(schema)} of ${schemaMarkup(items)}${note}`;
  if (properties === undefined) return html`${typeText(schema)}${note}`;
  const members = Object.entries(properties).map(
    ([name, member]) =>
      html`<li><code>${name}</code>${required.includes(name) ? "" : " (optional)"}: ${schemaMarkup(member)}</li>`,
  );
  return html`object${note}<ul>${members}</ul>`;
}

/** `string (date-time), 1 to 256 characters`, `"low", "medium" or "high"`. */
function typeText(schema: JsonSchema): string {
  const { type, format, enum: values, const: only, additionalProperties } = schema;
  if (only !== undefined) return JSON.stringify(only);
  if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(" or ");
  if (type === undefined) return "anything";
  const name = Array.isArray(type) ? type.join(" or ") : type;
  const ofValues =
    type === "object" && typeof additionalProperties === "object" ? ` of ${typeText(additionalProperties)}` : "";
  return `${name}${ofValues}${format === undefined ? "" : ` (${format})`}${bounds(schema)}`;
}

function bounds({ minLength, maxLength, minimum, maximum, minItems, maxItems }: JsonSchema): string {
  const isSafe = (limit: number | undefined) => limit !== undefined && Math.abs(limit) < Number.MAX_SAFE_INTEGER;
  const [least, most] = [minLength ?? minItems ?? minimum, maxLength ?? maxItems ?? maximum];
  const unit = minLength !== undefined || maxLength !== undefined ? " characters" : "";
  if (isSafe(least) && isSafe(most)) return `, ${least} to ${most}${unit}`;
  if (isSafe(most)) return `, at most ${most}${unit}`;
  return isSafe(least) && least !== 0 ? `, at least ${least}${unit}` : "";
}
