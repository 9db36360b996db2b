import { expect, it } from "vitest";
import { NotFound } from "#churn/failure.ts";
import type { HttpRequest } from "./http.ts";
import { nothingThere } from "./targets.ts";

const request = (accept: string, method = "GET"): HttpRequest => ({
  ...{ method, path: "/nothing", headers: { accept }, body: Buffer.alloc(0), caller: undefined, query: undefined },
});

it("shows a page to a browser where nothing is, of the function that has pages, and tells programs in JSON", async () => {
  const missing = ({ message }: Error) => ({ status: 404, headers: {}, body: `<h1>${message}</h1>` });
  const { handle } = nothingThere([
    { name: "ingest", routes: [] },
    { name: "desk", routes: [], missing },
  ]);
  const page = await handle(request("text/html,application/xhtml+xml"));
  expect(page).toMatchObject({ status: 404, body: "<h1>There is no page at /nothing.</h1>" });
  await expect(handle(request("application/json"))).rejects.toThrow(NotFound);
  await expect(handle(request("text/html", "POST"))).rejects.toThrow(NotFound);
  const without = nothingThere([{ name: "ingest", routes: [] }]);
  await expect(without.handle(request("text/html"))).rejects.toThrow(NotFound);
});
