import { expect, it } from "vitest";
import { auditNote } from "./audit-note.ts";

const file = { KEYS_FILE: "keys.json" };

it("a change of keys for a cluster that its audit does not have is told", () => {
  expect(auditNote(file)).toMatch(/^Warning: .* ELASTICSEARCH_URL/);
  expect(auditNote({ ...file, ELASTICSEARCH_URL: "https://elasticsearch.example.com" })).toBeUndefined();
  // Those of a laptop are in the audit that belongs to them.
  expect(auditNote({})).toBeUndefined();
});
