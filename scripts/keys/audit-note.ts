/**
 * What to tell of the audit after a change of keys that are for a cluster, as those in a KEYS_FILE are: without the cluster's
 * Elasticsearch its audit does not have the change. Undefined if there is nothing to tell.
 */
export function auditNote(settings: {
  readonly KEYS_FILE?: string | undefined;
  readonly ELASTICSEARCH_URL?: string | undefined;
}): string | undefined {
  if (settings.KEYS_FILE === undefined || settings.ELASTICSEARCH_URL !== undefined) return undefined;
  return "Warning: this was recorded only in the audit of this machine. For the audit of a cluster, set ELASTICSEARCH_URL and its credentials to those of the cluster.";
}
