import { bearer } from "#runtime/bearer.ts";
import type { ImportedLog } from "#stores/audit/import-entry.ts";

const timeoutMilliseconds = 10_000;

/**
 * Tells a running lapse what became of the lines of a log, for its page of operations. Returns whether it was taken: the actions
 * are stored whether it was or not, and an older lapse does not know it.
 */
export async function tellImport(
  log: ImportedLog,
  { endpoint, key }: { readonly endpoint: URL; readonly key?: string | undefined },
): Promise<boolean> {
  try {
    const response = await fetch(new URL("/v1/imports", endpoint), {
      method: "POST",
      headers: { "content-type": "application/json", ...bearer(key) },
      body: JSON.stringify(log),
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    return response.ok;
  } catch {
    return false;
  }
}
