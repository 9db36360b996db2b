import type { estypes } from "@elastic/elasticsearch";
import * as z from "zod";
import { type Elasticsearch, unlessMissing } from "./connection.ts";

/** The settings and mappings that indices of one kind are created with. */
export interface Template {
  /** Without the prefix, such as "actions". */
  readonly name: string;
  /** Patterns of index names without the prefix, such as "actions-*". */
  readonly patterns: readonly string[];
  /** Must be raised with every change, which applies to indices created from then on. */
  readonly version: number;
  readonly settings: estypes.IndicesIndexSettings;
  readonly mappings: estypes.MappingTypeMapping;
  /** Fields that indices of earlier versions lack: they get them when the template is installed. */
  readonly added?: Record<string, estypes.MappingProperty>;
}

/**
 * Installs the template unless this version or a later one is installed: an older process must not undo the work of a
 * newer one. Returns whether it was installed. Retries as long as
 * the write that follows: where network policies are enforced, a server may refuse a pod that has only just started.
 */
export async function installTemplate(elasticsearch: Elasticsearch, template: Template): Promise<boolean> {
  const name = elasticsearch.index(template.name);
  const purpose = `install the index template ${name}`;
  const there = await elasticsearch.runPatiently(purpose, (client) =>
    unlessMissing(client.indices.getIndexTemplate({ name })),
  );
  const version =
    there === undefined ? undefined : answerSchema.parse(there).index_templates[0]?.index_template.version;
  if (version !== undefined && version >= template.version) return false;
  // Before the template: a process that finds it in place takes the indices to be extended.
  if (version !== undefined) await extendIndices(elasticsearch, template, purpose);
  await elasticsearch.runPatiently(purpose, (client) =>
    client.indices.putIndexTemplate({
      name,
      index_patterns: template.patterns.map((pattern) => elasticsearch.index(pattern)),
      version: template.version,
      // Above the cluster's own templates, which may match everything.
      priority: 500,
      template: { settings: template.settings, mappings: template.mappings },
      _meta: { description: "Made by lapse" },
    }),
  );
  return true;
}

async function extendIndices(elasticsearch: Elasticsearch, template: Template, purpose: string): Promise<void> {
  const { added } = template;
  if (added === undefined) return;
  await elasticsearch.runPatiently(purpose, (client) =>
    client.indices.putMapping({
      index: template.patterns.map((pattern) => elasticsearch.index(pattern)),
      allow_no_indices: true,
      ignore_unavailable: true,
      properties: added,
    }),
  );
}

const answerSchema = z.object({
  index_templates: z.array(z.object({ index_template: z.object({ version: z.int().optional() }) })),
});
