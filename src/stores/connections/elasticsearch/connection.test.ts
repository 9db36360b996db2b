import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { freePort } from "#test/support/free-port.ts";
import { StoreUnavailable } from "../../failures.ts";

it("tries again while its first connection is refused, as a new pod's is, and fails at once later", async () => {
  const port = await freePort();
  let retries = 0;
  const elasticsearch = testConnection({ url: `http://127.0.0.1:${port}`, onRetry: () => retries++ });
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json", "x-elastic-product": "Elasticsearch" }).end("{}");
  });
  const first = elasticsearch.run("look", (client) => client.info());
  await pause(300);
  await once(server.listen(port, "127.0.0.1"), "listening");
  await first;
  expect(retries).toBeGreaterThan(0);

  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
  const before = retries;
  await expect(elasticsearch.run("look", (client) => client.info())).rejects.toThrow(StoreUnavailable);
  expect(retries).toBe(before);
  await elasticsearch.close();
});
