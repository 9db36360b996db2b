import { Counter, type Registry } from "prom-client";

/** Documents that stores left out because they cannot be read. */
export function unreadableDocumentMetrics(metrics: Registry): { leftOut(documents: number): void } {
  const documents = new Counter({
    name: "lapse_documents_unreadable_total",
    help: "Documents in Elasticsearch, rows of the embedded stores and lines of the audit that were left out because lapse could not read them, at each reading; the log names the first",
    registers: [metrics],
  });
  return { leftOut: (count) => documents.inc(count) };
}
