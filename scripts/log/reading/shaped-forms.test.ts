import fc from "fast-check";
import { expect, test } from "vitest";
import { columnForms } from "#churn/intake/column-forms.ts";
import { plainForms } from "#churn/intake/time-forms.ts";
import { columnShapes, longestTime, plainShapes, wholeText } from "./shaped-forms.ts";

test.each([
  ["single values", plainForms, plainShapes],
  ["columns", columnForms, columnShapes],
])("finds what each form of %s has, whatever the digits", (_, forms, shapes) => {
  for (const [seed, form] of forms.entries())
    for (const text of fc.sample(fc.stringMatching(wholeText(form.pattern)), { numRuns: 1, seed }))
      if (text.length <= longestTime) expect(shapes.matching(text), text).toContain(form);
});

test("takes no text that is too long for a time", () => {
  expect(plainShapes.matching("2024-03-01")).toHaveLength(1);
  expect(plainShapes.matching(`2024-03-01T09:30:00${" ".repeat(longestTime)}Z`)).toEqual([]);
});
