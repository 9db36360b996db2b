import { expect, it } from "vitest";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { FaultyProxy } from "#test/support/faulty-proxy.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { describeAudit } from "../audit.contract.ts";
import { ElasticsearchAudit } from "./audit.ts";
import { installAuditTemplate } from "./indices.ts";

describeAudit("ElasticsearchAudit", async () => {
  const elasticsearch = testConnection();
  return {
    audit: new ElasticsearchAudit(elasticsearch),
    again: () => new ElasticsearchAudit(elasticsearch),
    plant: () =>
      elasticsearch.run("plant a document", async (client) => {
        await client.index({ index: elasticsearch.index("audit-2026.03"), document: { lapse: { count: 1 } } });
      }),
    dispose: async () => {
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});

it("takes entries of a user who may create documents and no more", async () => {
  const direct = testConnection();
  await installAuditTemplate(direct);
  const proxy = await FaultyProxy.start(direct.options.url);
  const limited = testConnection({ ...direct.options, url: proxy.url });
  proxy.fault = ({ path }) =>
    path.includes("_index_template")
      ? { kind: "refuse", status: 403, type: "security_exception", reason: "unauthorized" }
      : undefined;
  const entry = { id: "1", at: Date.UTC(2026, 2, 1), action: "access.refused", who: "unknown", from: "192.0.2.1" };
  await new ElasticsearchAudit(limited).append(entry);
  const found = [];
  for await (const one of new ElasticsearchAudit(direct).entries()) found.push(one);
  expect(found).toEqual([entry]);
  await limited.close();
  await proxy.close();
  await removePrefix(direct);
  await direct.close();
});
