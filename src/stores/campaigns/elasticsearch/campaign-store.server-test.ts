import { testConnection } from "#test/support/elasticsearch-connection.ts";
import { removePrefix } from "../../connections/elasticsearch/remove-prefix.ts";
import { describeCampaignStore } from "../campaign-store.contract.ts";
import { ElasticsearchCampaignStore } from "./campaign-store.ts";

describeCampaignStore("ElasticsearchCampaignStore", async () => {
  const elasticsearch = testConnection();
  return {
    store: new ElasticsearchCampaignStore(elasticsearch),
    reopen: async () => new ElasticsearchCampaignStore(elasticsearch),
    dispose: async () => {
      await removePrefix(elasticsearch);
      await elasticsearch.close();
    },
  };
});
