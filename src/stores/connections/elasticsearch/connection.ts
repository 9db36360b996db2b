import { readFileSync } from "node:fs";
import { Client, errors } from "@elastic/elasticsearch";
import * as z from "zod";
import { StoreUnavailable } from "../../failures.ts";
import { inRequestSpan, type StoreAttributes, type StoreSpans } from "../../store-spans.ts";
import type { UnreadableDocuments } from "../../unreadable-documents.ts";
import { FirstConnection } from "../first-connection.ts";
import { QuickConnection } from "./quick-connection.ts";
import { requestAttributes, responseAttributes } from "./request-attributes.ts";
import { isPassing, Retries, type RetryOptions } from "./retry.ts";

export interface ElasticsearchOptions extends RetryOptions {
  readonly url: string;
  /** The prefix of all index names, so that several installations can share a cluster. */
  readonly prefix: string;
  readonly auth?: { readonly apiKey: string } | { readonly username: string; readonly password: string } | undefined;
  /** A PEM file with the authority that signed the server's certificate, if the system does not know it. */
  readonly caFile?: string | undefined;
  /** How long one request may take. */
  readonly timeoutMilliseconds: number;
  readonly spans?: StoreSpans | undefined;
  /** Called when documents cannot be read and are left out. */
  readonly onUnreadable?: ((documents: UnreadableDocuments) => void) | undefined;
}

/** The connection to Elasticsearch that stores share. */
export class Elasticsearch {
  readonly options: ElasticsearchOptions;
  readonly #client: Client;
  /** The URL without credentials. */
  readonly #address: string;
  readonly #first: FirstConnection;
  readonly #attributes: StoreAttributes;

  constructor(options: ElasticsearchOptions) {
    this.options = options;
    this.#first = new FirstConnection(options.random, options.onRetry);
    const url = new URL(options.url);
    const auth = options.auth ?? credentialsIn(url);
    url.username = "";
    url.password = "";
    this.#address = url.href;
    this.#client = new Client({
      node: url.href,
      ...(auth === undefined ? {} : { auth }),
      ...(options.caFile === undefined ? {} : { tls: { ca: certificate(options.caFile) } }),
      Connection: QuickConnection,
      requestTimeout: options.timeoutMilliseconds,
      // Stores repeat requests where that is safe; otherwise the sender does.
      maxRetries: 0,
    });
    this.#attributes = { "db.system.name": "elasticsearch", "server.address": url.hostname };
    if (options.spans !== undefined) tellSpans(this.#client, options.spans);
  }

  /** The name of an index, or a pattern of names. */
  index(name: string): string {
    return `${this.options.prefix}-${name}`;
  }

  /** Runs one request. Throws StoreUnavailable; `purpose` ("store actions") completes its message "Could not …". */
  async run<T>(purpose: string, request: (client: Client) => Promise<T>): Promise<T> {
    return inRequestSpan(this.options.spans, purpose, this.#attributes, async () => {
      try {
        return await this.#first.run(() => request(this.#client), isRefused);
      } catch (error) {
        throw this.failure(purpose, error);
      }
    });
  }

  /** As `run`, but returns undefined if there is no such document or index. */
  async find<T>(purpose: string, request: (client: Client) => Promise<T>): Promise<T | undefined> {
    return this.run(purpose, (client) => unlessMissing(request(client)));
  }

  /**
   * As `run`, for idempotent requests: repeats them for `retryMilliseconds` while the server is full or out of reach.
   */
  async runPatiently<T>(purpose: string, request: (client: Client) => Promise<T>): Promise<T> {
    return inRequestSpan(this.options.spans, purpose, this.#attributes, async () => {
      const retries = new Retries(this.options);
      for (;;) {
        try {
          return await request(this.#client);
        } catch (error) {
          if (!isTransient(error) || !(await retries.wait())) throw this.failure(purpose, error);
        }
      }
    });
  }

  /**
   * An error of the server or the connection as a Failure. Any other error is a defect of ours and is returned as it
   * is.
   */
  failure(purpose: string, cause: unknown): unknown {
    if (!(cause instanceof errors.ElasticsearchClientError) && !(cause instanceof z.ZodError)) return cause;
    const message = `Could not ${purpose}: ${this.explain(cause)}`;
    const options = { cause: withoutRequest(cause) };
    const status = statusOf(cause);
    const refusesAll = status === 401 || status === 403;
    return new StoreUnavailable(message, { ...options, refusesAll, isTooLarge: status === 413 });
  }

  /** One line that says what to check. */
  explain(cause: unknown): string {
    return explain(cause, this.#address, this.options);
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

/** Has the span of a request tell what the client sends and receives. */
function tellSpans({ diagnostic }: Client, spans: StoreSpans): void {
  diagnostic.on("request", (_error, result) => {
    if (result !== null) spans.note(requestAttributes(result.meta.request.params));
  });
  diagnostic.on("response", (_error, result) => {
    if (result !== null) spans.note(responseAttributes(result.body));
  });
}

/** Whether the connection was refused, so that the server has seen nothing of the request. */
function isRefused(error: unknown): boolean {
  return error instanceof errors.ConnectionError && error.message.includes("ECONNREFUSED");
}

/** The response to a request; undefined if the server has no such document or index. */
export async function unlessMissing<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** Whether the same request may succeed later: the server is full, restarting or out of reach. */
export function isTransient(error: unknown): boolean {
  if (error instanceof errors.ResponseError) return isPassing(error.statusCode ?? 0);
  // What a response tells of a part of what was asked for.
  if (error instanceof StoreUnavailable) return true;
  return error instanceof errors.ConnectionError || error instanceof errors.TimeoutError;
}

/** The HTTP status with which the server refused a request; undefined if there was no response. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof errors.ResponseError ? error.statusCode : undefined;
}

function explain(cause: unknown, address: string, { timeoutMilliseconds }: ElasticsearchOptions): string {
  const here = `Elasticsearch at ${address}`;
  if (cause instanceof errors.TimeoutError) return `${here} did not answer within ${timeoutMilliseconds} ms.`;
  if (cause instanceof errors.ConnectionError) return `${here} cannot be reached (${cause.message}).`;
  if (cause instanceof errors.ProductNotSupportedError) return `the server at ${address} is not Elasticsearch.`;
  if (cause instanceof z.ZodError)
    return `${here} answered what lapse cannot read: ${z.prettifyError(cause)}`.replaceAll("\n", " ");
  const status = statusOf(cause);
  if (status === 401)
    return `${here} does not know these credentials (ELASTICSEARCH_API_KEY, or _USERNAME and _PASSWORD).`;
  if (status === 403) return `${here} does not allow it with these credentials: ${messageOf(cause)}`;
  if (status !== undefined) return `${here} answered ${status}: ${messageOf(cause)}`;
  return `${here}: ${messageOf(cause)}`;
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n", 1)[0]?.slice(0, 500) ?? "";
}

/** The client's errors hold the request, which tells what users did and must not be logged. */
function withoutRequest({ name, message, stack }: Error): Error {
  return Object.assign(new Error(message), { name, stack });
}

function credentialsIn(url: URL): { username: string; password: string } | undefined {
  if (url.username === "") return undefined;
  return { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
}

function certificate(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new StoreUnavailable(`Cannot read the certificate ${file} that ELASTICSEARCH_CA_FILE names.`, { cause });
  }
}
