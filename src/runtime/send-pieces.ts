import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { endResponse, stalledMilliseconds } from "./end-response.ts";

/**
 * Writes pieces as fast as the caller takes them, and ends the response. Ends `pieces` in any case. Rejects, having cut the
 * connection, if a piece cannot be made; a caller who goes away or takes nothing for a minute is no failure.
 */
export async function sendPieces(
  response: ServerResponse,
  first: IteratorResult<string>,
  pieces: AsyncIterator<string>,
  milliseconds = stalledMilliseconds,
): Promise<void> {
  try {
    for (let piece = first; piece.done !== true; piece = await pieces.next()) {
      if (!(response.write(piece.value) || (await hasDrained(response, milliseconds)))) return;
    }
    endResponse(response, undefined, milliseconds);
  } catch (error) {
    response.destroy();
    throw error;
  } finally {
    await pieces.return?.();
  }
}

/** Waits until the caller has taken what was written. False, and the connection is cut, if they never do. */
async function hasDrained(response: ServerResponse, milliseconds: number): Promise<boolean> {
  if (response.destroyed) return false;
  const ended = new AbortController();
  const stalled = AbortSignal.timeout(milliseconds);
  const signal = AbortSignal.any([ended.signal, stalled]);
  const drained = once(response, "drain", { signal }).then(
    () => true,
    () => false,
  );
  const closed = once(response, "close", { signal }).then(
    () => false,
    () => false,
  );
  const isDrained = await Promise.race([drained, closed]);
  ended.abort();
  if (stalled.aborted) response.destroy();
  return isDrained;
}
