import { Counter, type Registry } from "prom-client";
import type { Logger } from "../logging.ts";

/** What a store tells of documents that it left out because they cannot be read. */
export interface Unreadable {
  readonly purpose: string;
  readonly documents: number;
  /** The first of them. */
  readonly named: readonly string[];
  readonly problem: string;
}

/** Counts such documents, and names the first of each reading in the log. */
export function unreadableDocumentMetrics(
  metrics: Registry,
  logger: Pick<Logger, "warn">,
): (unreadable: Unreadable) => void {
  const documents = new Counter({
    name: "lapse_documents_unreadable_total",
    help: "Documents in Elasticsearch and rows of the embedded stores that were left out because lapse could not read them; the log names them",
    registers: [metrics],
  });
  return ({ purpose, documents: count, named, problem }) => {
    documents.inc(count);
    const more = count > named.length ? ` and ${count - named.length} more` : "";
    logger.warn(
      { "event.action": "skip" },
      `Left out ${count} documents or rows that cannot be read (${purpose}): ${named.join(", ")}${more}. The first: ${problem}.`,
    );
  };
}
