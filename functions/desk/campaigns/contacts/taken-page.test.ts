import { expect, it } from "vitest";
import { renderTaken, type TakenFile } from "./taken-page.ts";

const file = { reader: undefined, campaign: { id: "spring", name: "Spring" } };
const taken = { created: 2, duplicates: 0, opted_out: 0 };
const textOf = (read: Pick<TakenFile, "left" | "users" | "user">) =>
  renderTaken({ ...file, taken, ...read }).replace(/<[^>]*>/g, " ");

it("tells from which of several columns the users were read", () => {
  const text = textOf({ left: [], users: ["account", "id"], user: "id" });
  expect(text).toMatch(/The file is recorded\s+2 contacts are new, 0 were known already\./);
  expect(text).toContain("Users were read from the column id. If they are in account, name that column user");
});

it("tells of the lines that were left out", () => {
  const left = Array.from({ length: 21 }, (_, i) => ({ number: i + 2, fault: "the user is required." }));
  const text = textOf({ left, users: ["user"], user: "user" });
  expect(text).toContain("21 lines of the file were left out");
  expect(text).toContain("Line 21: the user is required.");
  expect(text).not.toContain("Line 22:");
  expect(text).toContain("and 1 more line");
  expect(text).toContain("Users were read from the column user.");
  expect(textOf({ left, users: [], user: undefined })).not.toContain("Users were read");
});
