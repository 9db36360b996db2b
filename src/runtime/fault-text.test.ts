import { expect, it } from "vitest";
import * as z from "zod";
import { faultText } from "./fault-text.ts";
import { wholeNumber } from "./settings.ts";

const schema = z.object({ limit: wholeNumber(1, 1000), name: z.string("must be a name") });

it("names each fault with its place, so that the text can stand in a sentence", () => {
  expect(told({ limit: "0", name: 1 })).toBe("limit: must be a whole number from 1 to 1000; name: must be a name");
});

it("names three faults and counts the others", () => {
  const several = z.array(z.int("must be whole."));
  expect(faultText(several.safeParse(["a", "b", "c", "d", "e"]).error!)).toBe(
    "[0]: must be whole; [1]: must be whole; [2]: must be whole; and 2 more",
  );
});

function told(value: unknown): string {
  const { error } = schema.safeParse(value);
  return error === undefined ? "" : faultText(error);
}
