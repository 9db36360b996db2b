/** How stores record their calls as parts of traces. */
export interface StoreSpans {
  /** A part of the span that the caller runs in; undefined where none is recorded. Attributes never tell of users. */
  begin(name: string, attributes: StoreAttributes, kind: "internal" | "client"): StoreSpan | undefined;
  /** Adds to the span that the caller runs in. */
  note(attributes: StoreAttributes): void;
}

/** By the names of OpenTelemetry's semantic conventions for databases. */
export type StoreAttributes = Readonly<Record<string, string | number>>;

export interface StoreSpan {
  /** Runs `work` in it: what that records is a part of it. */
  run<T>(work: () => T): T;
  note(attributes: StoreAttributes): void;
  /** Records the class of an error. */
  failed(error: unknown): void;
  end(): void;
}

/** Runs a request to a server in a span, if spans are recorded. */
export async function inRequestSpan<T>(
  spans: StoreSpans | undefined,
  name: string,
  attributes: StoreAttributes,
  request: () => Promise<T>,
): Promise<T> {
  const span = spans?.begin(name, attributes, "client");
  if (span === undefined) return request();
  try {
    return await span.run(request);
  } catch (error) {
    span.failed(error);
    throw error;
  } finally {
    span.end();
  }
}
