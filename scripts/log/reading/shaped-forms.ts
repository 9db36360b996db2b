import { columnForms } from "#churn/intake/column-forms.ts";
import type { TimeForm } from "#churn/intake/time-form.ts";
import { plainForms } from "#churn/intake/time-forms.ts";

interface Compiled {
  readonly form: TimeForm;
  readonly pattern: RegExp;
}

/**
 * Forms of times that are held against many texts of few shapes, such as those of a column. The shape of a text is the text with 0
 * for each digit; a form that does not fit the shape, whatever its digits, need not be tried on further texts of it.
 */
class ShapedForms {
  readonly #forms: readonly TimeForm[];
  readonly #byShape = new Map<string, readonly Compiled[]>();
  #shapes: readonly RegExp[] | undefined;
  /** Of the dates that many forms begin with. */
  #beginnings: ReadonlyMap<string, RegExp> | undefined;

  constructor(forms: readonly TimeForm[]) {
    this.#forms = forms;
  }

  /** All forms that a text is written in, in their order. */
  matching(text: string): TimeForm[] {
    return this.#candidates(text)
      .filter(({ pattern }) => pattern.test(text))
      .map(({ form }) => form);
  }

  #candidates(text: string): readonly Compiled[] {
    if (text.length > longestTime) return [];
    const shape = text.replace(/[0-9]/g, "0");
    const known = this.#byShape.get(shape);
    if (known !== undefined) return known;
    // More than a thousand, which few logs need.
    this.#shapes ??= this.#forms.map(({ pattern }) => wholeText(shapeOf(pattern)));
    const shapes = this.#shapes;
    // Many forms begin with the same few dates: V8 compiles a pattern when it is first tried, which takes longer than all else here.
    this.#beginnings ??= beginningsOf(this.#forms);
    const fitting = new Set<string | undefined>([undefined]);
    for (const [beginning, pattern] of this.#beginnings) if (pattern.test(shape)) fitting.add(beginning);
    const found = this.#forms
      .filter(({ beginning }, index) => fitting.has(beginning) && shapes[index]?.test(shape))
      .map((form) => ({ form, pattern: wholeText(form.pattern) }));
    // Texts of a column that holds no times may all have shapes of their own.
    if (this.#byShape.size >= mostShapes) this.#byShape.clear();
    this.#byShape.set(shape, found);
    return found;
  }
}

/** What some forms begin with, each with a pattern for the shapes that begin so. */
function beginningsOf(forms: readonly TimeForm[]): ReadonlyMap<string, RegExp> {
  const beginnings = new Set(forms.map(({ beginning }) => beginning).filter((one) => one !== undefined));
  return new Map(Array.from(beginnings, (one) => [one, new RegExp(`^(?:${shapeOf(one)})`)]));
}

/** Those that a single value may have, and those of columns. */
export const plainShapes = new ShapedForms(plainForms);
export const columnShapes = new ShapedForms(columnForms);

/** No time is longer, in characters. */
export const longestTime = 80;
const mostShapes = 1_000;

/** A pattern that a whole text has to match. */
export function wholeText(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

/**
 * A pattern that the shapes of all texts match which the given one matches: 0 stands where it has a digit, and is in each of its classes
 * that hold digits. Patterns of forms have neither classes of what is left out nor texts that must not follow.
 */
function shapeOf(pattern: string): string {
  return pattern.replace(/\\.|\{[0-9,]+\}|\[[^\]]*\]|[0-9]/g, (part) => {
    if (/^[0-9]$/.test(part)) return "0";
    return /^\[.*[0-9]/.test(part) ? `[0${part.slice(1)}` : part;
  });
}
