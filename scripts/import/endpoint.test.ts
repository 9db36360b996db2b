import { expect, it } from "vitest";
import { endpointSchema } from "./endpoint.ts";

it("takes a base for its /events, and a URL with a path as it stands", () => {
  expect(endpointSchema.parse("https://lapse.example:1234/").href).toBe("https://lapse.example:1234/events");
  expect(endpointSchema.parse("http://ingest.example/in").href).toBe("http://ingest.example/in");
  for (const wrong of ["localhost:8080", "ftp://x.org", "nonsense"])
    expect(endpointSchema.safeParse(wrong).success).toBe(false);
});
