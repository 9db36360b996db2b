import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { installTemplate, type Template } from "../../connections/elasticsearch/template.ts";

/** The kinds of indices that are divided by the UTC month of the action. */
export type MonthlyIndex = "actions" | "user-days";

/** How the indices are laid out on a cluster. */
export interface IndexLayout {
  /** Shards of one month's actions, 1 by default; about 50 GB in each is well. Of its user-days there is a quarter. */
  readonly shards?: number;
}

/** The name of the index that holds how far the log is rolled up. */
export function stateIndex(elasticsearch: Elasticsearch): string {
  return elasticsearch.index("roll-up");
}

/** Installs what the indices of actions, user-days and their state are made with. */
export async function installTemplates(elasticsearch: Elasticsearch, layout: IndexLayout): Promise<void> {
  for (const template of [actions(layout), userDays(layout), state]) await installTemplate(elasticsearch, template);
}

const keyword = { type: "keyword" } as const;

const settings = ({ shards = 1 }: IndexLayout) => ({
  number_of_shards: shards,
  auto_expand_replicas: "0-1",
  codec: "best_compression",
  refresh_interval: "30s",
  // Documents stand in the order of (bucket, user), so that an aggregation by user reads them once from front to back,
  // and stops at the end of a page, instead of going through all of them for every page.
  sort: { field: ["lapse.bucket", "user.id"], order: ["asc" as const, "asc" as const] },
});

function actions(layout: IndexLayout): Template {
  return {
    name: "actions",
    patterns: ["actions-*"],
    version: 1,
    settings: settings(layout),
    mappings: {
      dynamic: "strict",
      properties: {
        "@timestamp": { type: "date" },
        event: {
          properties: {
            // Found by its doc values, which is slow and rarely wanted: an index of all ids would be as large as all else.
            id: { type: "keyword", index: false },
            provider: keyword,
            action: keyword,
            dataset: keyword,
            ingested: { type: "date" },
          },
        },
        user: { properties: { id: keyword } },
        lapse: {
          properties: { bucket: { type: "short" }, day: { type: "integer" }, value: { type: "double" } },
        },
      },
    },
  };
}

function userDays(layout: IndexLayout): Template {
  return {
    name: "user-days",
    patterns: ["user-days-*"],
    version: 1,
    settings: {
      ...settings({ shards: Math.ceil((layout.shards ?? 1) / 4) }),
      // So long the version of a deleted document is remembered, for a roll-up that is late to write it: longer than any
      // takes between reading and writing.
      gc_deletes: "2h",
    },
    mappings: {
      dynamic: "strict",
      properties: {
        user: { properties: { id: keyword } },
        lapse: {
          properties: {
            bucket: { type: "short" },
            // How many rows `days` has.
            user_days: { type: "integer" },
            // [day, action, count, value], only kept.
            days: { type: "object", enabled: false },
          },
        },
      },
    },
  };
}

const state: Template = {
  name: "roll-up",
  patterns: ["roll-up"],
  version: 1,
  settings: { auto_expand_replicas: "0-1", number_of_shards: 1 },
  mappings: { dynamic: false },
};
