import { type Elasticsearch, statusOf } from "./connection.ts";
import { installTemplate, type Template } from "./template.ts";

/**
 * Installs the template of an index that has the template's name, and makes the index if it is not there: one that the
 * first write makes answers reads with 503 for a moment, and some servers let no write make an index. An index that an
 * older template made gets the fields that this one adds.
 */
export async function makeIndex(elasticsearch: Elasticsearch, template: Template): Promise<void> {
  const isNew = await installTemplate(elasticsearch, template);
  const index = elasticsearch.index(template.name);
  await elasticsearch.run(`make the index ${index}`, async (client) => {
    if (await client.indices.exists({ index })) {
      if (isNew) await client.indices.putMapping({ index, ...template.mappings });
      return;
    }
    try {
      await client.indices.create({ index });
    } catch (error) {
      // Another process was quicker.
      if (statusOf(error) !== 400 || !(await client.indices.exists({ index }))) throw error;
    }
  });
}
