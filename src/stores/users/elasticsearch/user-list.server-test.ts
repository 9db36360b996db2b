import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { listedUser } from "#test/support/listed-user.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { StoreUnavailable } from "../../failures.ts";
import { describeUserList } from "../user-list.contract.ts";
import { userIndex } from "./indices.ts";
import { ElasticsearchUserList } from "./user-list.ts";

describeUserList("ElasticsearchUserList", async () => {
  const elasticsearch = testConnection();
  return {
    list: new ElasticsearchUserList(elasticsearch),
    reopen: async () => new ElasticsearchUserList(elasticsearch),
    dispose: async () => {
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});

describe("the list of users in an index that cannot be read yet, as while it is being made", () => {
  it("is read as soon as it can be, and is unavailable after that time, not empty", async () => {
    const elasticsearch = testConnection();
    const list = new ElasticsearchUserList(elasticsearch);
    const index = elasticsearch.index(userIndex);
    await list.put([listedUser("ann")], 1);
    await elasticsearch.run("close", (client) => client.indices.close({ index }));
    const hasty = testConnection({ prefix: elasticsearch.options.prefix, retryMilliseconds: 0 });
    await expect(new ElasticsearchUserList(hasty).get(["ann"])).rejects.toThrow(StoreUnavailable);
    const reading = list.get(["ann", "ben"]);
    await pause(300);
    await elasticsearch.run("open", (client) => client.indices.open({ index }));
    expect([...(await reading).keys()]).toEqual(["ann"]);
    await removePrefix(elasticsearch);
    await Promise.all([elasticsearch.close(), hasty.close()]);
  });
});
