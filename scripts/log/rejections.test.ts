import { expect, it } from "vitest";
import { Rejections } from "./rejections.ts";

it("shows the first five rejections and counts the others", () => {
  const rejections = new Rejections();
  expect(rejections.describe()).toBe("");
  for (let line = 1; line <= 1_006; line++) rejections.add(`line ${line}`, "has no user");
  expect(rejections.count).toBe(1_006);
  expect(rejections.describe()).toBe(
    `${[1, 2, 3, 4, 5].map((line) => `  line ${line}: has no user\n`).join("")}  and 1,001 more`,
  );
});
