import { expect, it } from "vitest";
import { actionInWords, detailInWords, nameInWords } from "./audit-words.ts";

it("says what was done in words, and whether it ended", () => {
  expect(actionInWords("users.erased")).toBe("users erased");
  expect(actionInWords("contacts.opted-out")).toBe("contacts opted out");
  expect(actionInWords("model.rolled-back.failed")).toBe("model rolled back, failed");
  expect(actionInWords("other")).toBe("other");
});

it("says the names of details in words", () => {
  expect(["user_days", "userDays", "recency_auc", "bytes"].map(nameInWords)).toEqual([
    "user days",
    "user days",
    "recency AUC",
    "bytes",
  ]);
});

it("gives no number more digits than are of use", () => {
  expect([24_746_186, 0.805_512, 1_176.6, "2024-11-01", true].map(detailInWords)).toEqual([
    "24,746,186",
    "0.8055",
    "1,177",
    "2024-11-01",
    "true",
  ]);
});
