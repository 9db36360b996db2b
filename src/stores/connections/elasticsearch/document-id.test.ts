import { expect, it } from "vitest";
import { documentId, userDocumentId } from "./document-id.ts";

// With others, what is stored already would be stored once more.
it("gives the ids that documents have been stored under", () => {
  expect(userDocumentId("ana")).toBe("JNS5b1jabUqFEjE7vQKijg");
  expect(documentId("c1")).toBe("vFa1lMXMTi2sBPqXjUWsr-");
  expect(documentId("ana", 20_000, "v1", "champion")).toBe("kIgutKVhLAymaRaJ93gs74");
});

it("is short however long what it stands for is", () => {
  expect(userDocumentId("ü".repeat(256))).toHaveLength(22);
  expect(documentId("ü".repeat(256), 1)).toHaveLength(22);
});
