import type { StoreAttributes, StoreSpan, StoreSpans } from "./store-spans.ts";

export interface TracedStoreOptions {
  readonly spans: StoreSpans;
  /** Such as `actions`: calls are named `actions.append`. */
  readonly name: string;
  readonly attributes: StoreAttributes;
}

/**
 * The same store, of which each call is a span where it is a part of a trace, with how many things it was given and how many
 * it returned. A stream is one span, from the call to its end.
 */
export function tracedStore<Store extends object>(
  store: Store,
  { spans, name, attributes }: TracedStoreOptions,
): Store {
  return new Proxy(store, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function" || typeof property !== "string") return member;
      return (...given: unknown[]): unknown => {
        const call = (): unknown => Reflect.apply(member, target, given);
        const span = spans.begin(`${name}.${property}`, attributes, "internal");
        if (span === undefined) return call();
        noteCount(
          span,
          "db.operation.batch.size",
          given.map(countOf).find((count) => count !== undefined),
        );
        return recorded(call, span);
      };
    },
  });
}

function recorded(call: () => unknown, span: StoreSpan): unknown {
  let result: unknown;
  try {
    result = span.run(call);
  } catch (error) {
    throw ended(span, error);
  }
  if (result instanceof Promise)
    return result.then(
      (value: unknown) => {
        noteCount(span, "db.response.returned_rows", countOf(value));
        span.end();
        return value;
      },
      (error: unknown) => {
        throw ended(span, error);
      },
    );
  if (isStream(result)) return recordedStream(result, span);
  span.end();
  return result;
}

async function* recordedStream(source: AsyncIterable<unknown>, span: StoreSpan): AsyncGenerator<unknown> {
  const items = source[Symbol.asyncIterator]();
  let returned = 0;
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = await span.run(() => items.next());
      isOver = done === true;
      if (isOver) return;
      returned += countOf(value) ?? 1;
      yield value;
    }
  } catch (error) {
    isOver = true;
    span.failed(error);
    throw error;
  } finally {
    // Its reader has had enough.
    if (!isOver) await span.run(async () => items.return?.());
    noteCount(span, "db.response.returned_rows", returned);
    span.end();
  }
}

/** Ends the span of a call that failed, and returns why. */
function ended(span: StoreSpan, error: unknown): unknown {
  span.failed(error);
  span.end();
  return error;
}

function noteCount(span: StoreSpan, name: string, count: number | undefined): void {
  if (count !== undefined) span.note({ [name]: count });
}

function countOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  return value instanceof Map || value instanceof Set ? value.size : undefined;
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
