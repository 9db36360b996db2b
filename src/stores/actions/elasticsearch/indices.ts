import type { Elasticsearch } from "../../connections/elasticsearch/connection.ts";
import { installTemplates, type Template } from "../../connections/elasticsearch/template.ts";

/** The kinds of indices that are divided by the UTC month of the action. */
export type MonthlyIndex = "actions" | "user-days";

/** The layout of the indices on a cluster. */
export interface IndexLayout {
  /** Shards per month of actions, 1 by default; about 50 GB each is right. User-days get a quarter as many. */
  readonly shards?: number;
}

/** The index that holds the state of the roll-up. */
export function stateIndex(elasticsearch: Elasticsearch): string {
  return elasticsearch.index("roll-up");
}

/** Installs the templates of actions, user-days and the state of the roll-up. */
export async function installActionTemplates(elasticsearch: Elasticsearch, layout: IndexLayout): Promise<void> {
  await installTemplates(elasticsearch, [actionsTemplate(layout), userDays(layout), state]);
}

const keyword = { type: "keyword" } as const;
/** True where the business did it; absent otherwise. */
const passive = { type: "boolean" } as const;

const settings = ({ shards = 1 }: IndexLayout) => ({
  number_of_shards: shards,
  auto_expand_replicas: "0-1",
  codec: "best_compression",
  refresh_interval: "30s",
  // With documents in the order of (bucket, user), an aggregation by user reads them once from front to back and stops
  // at the end of a page, instead of going through all of them for every page.
  sort: { field: ["lapse.bucket", "user.id"], order: ["asc" as const, "asc" as const] },
});

/** The indices of actions, which Kibana shows as well (logging/kibana). */
export function actionsTemplate(layout: IndexLayout): Template {
  return {
    name: "actions",
    patterns: ["actions-*"],
    version: 2,
    settings: settings(layout),
    mappings: {
      dynamic: "strict",
      properties: {
        "@timestamp": { type: "date" },
        event: {
          properties: {
            // Searched through its doc values, which is slow but rare: an index of all ids would double the size.
            id: { type: "keyword", index: false },
            provider: keyword,
            action: keyword,
            dataset: keyword,
            ingested: { type: "date" },
          },
        },
        user: { properties: { id: keyword } },
        lapse: {
          properties: {
            bucket: { type: "short" },
            day: { type: "integer" },
            value: { type: "double" },
            passive,
          },
        },
      },
    },
    added: { lapse: { properties: { passive } } },
  };
}

function userDays(layout: IndexLayout): Template {
  return {
    name: "user-days",
    patterns: ["user-days-*"],
    version: 1,
    settings: {
      ...settings({ shards: Math.ceil((layout.shards ?? 1) / 4) }),
      // How long the version of a deleted document is remembered, against a roll-up that writes it late: longer than
      // any roll-up takes between reading and writing.
      gc_deletes: "2h",
    },
    mappings: {
      dynamic: "strict",
      properties: {
        user: { properties: { id: keyword } },
        lapse: {
          properties: {
            bucket: { type: "short" },
            // The number of rows in `days`.
            user_days: { type: "integer" },
            // Rows of [day, action, count, value], not searchable.
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
