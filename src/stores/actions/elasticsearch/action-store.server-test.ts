import { expect, it } from "vitest";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { installTemplate } from "../../connections/elasticsearch/template.ts";
import { describeActionStore } from "../action-store.contract.ts";
import { ElasticsearchActionStore } from "./action-store.ts";

describeActionStore("ElasticsearchActionStore", async () => {
  const now = () => Date.parse("2024-05-01T12:00:00Z");
  const elasticsearch = testConnection();
  const store = new ElasticsearchActionStore(elasticsearch, { now });
  return {
    actions: store,
    reopen: async () => {
      await store.close();
      return new ElasticsearchActionStore(elasticsearch, { now });
    },
    dispose: async () => {
      await store.close();
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});

it("ElasticsearchActionStore goes on with indices of before there were passive actions", async () => {
  const elasticsearch = testConnection();
  await installTemplate(elasticsearch, {
    name: "actions",
    patterns: ["actions-*"],
    version: 1,
    settings: {},
    mappings: {
      dynamic: "strict",
      properties: {
        user: { properties: { id: { type: "keyword" } } },
        lapse: { properties: { day: { type: "integer" } } },
      },
    },
  });
  const index = elasticsearch.index("actions-2024.05");
  await elasticsearch.run("make an old index", (client) => client.indices.create({ index }));
  const store = new ElasticsearchActionStore(elasticsearch, { now: Date.now });
  await store.append([]);
  const mapping = await elasticsearch.run("read a mapping", (client) => client.indices.getMapping({ index }));
  expect(mapping[index]?.mappings.properties).toMatchObject({
    lapse: { properties: { day: { type: "integer" }, passive: { type: "boolean" } } },
  });
  await store.close();
  await removePrefix(elasticsearch);
  await elasticsearch.close();
});
