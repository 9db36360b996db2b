import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { installTemplate } from "./template.ts";

it.each([
  ["an empty list, which is left out of the response", 200, {}],
  ["no template of that name", 404, { error: { type: "resource_not_found_exception" }, status: 404 }],
])("installs a template where there is %s", async (_, status, found) => {
  const installed: string[] = [];
  const server = createServer(({ method, url = "" }, response) => {
    if (method === "PUT") installed.push(url);
    const headers = { "content-type": "application/json", "x-elastic-product": "Elasticsearch" };
    response.writeHead(method === "GET" ? status : 200, headers);
    response.end(JSON.stringify(method === "GET" ? found : { acknowledged: true }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const elasticsearch = testConnection({ url: `http://127.0.0.1:${port}`, prefix: "test" });
  const template = { name: "things", patterns: ["things"], version: 1, settings: {}, mappings: {} };
  expect(await installTemplate(elasticsearch, template)).toBe(true);
  expect(installed).toEqual(["/_index_template/test-things"]);
  await elasticsearch.close();
  server.close();
});
