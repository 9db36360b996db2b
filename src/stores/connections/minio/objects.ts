import { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { NotS3 } from "./bounded-transport.ts";
import type { MinioConnection } from "./connection.ts";
import { available, isRefusal } from "./minio-failure.ts";

export interface StoredObject {
  readonly content: Buffer;
  /** Changes with the content. */
  readonly etag: string;
}

/** The objects of the bucket, each read and written whole. All methods throw StoreUnavailable. */
export class MinioObjects {
  readonly #connection: MinioConnection;

  constructor(connection: MinioConnection) {
    this.#connection = connection;
  }

  /** Undefined if absent. */
  read(key: string): Promise<StoredObject | undefined> {
    const { client, bucket } = this.#connection;
    return available(`read ${key}`, this.#connection, async () => {
      try {
        const answer = await client.getObject(bucket, key);
        if (!(answer instanceof IncomingMessage)) throw new TypeError("the MinIO client returned no HTTP response");
        const content = await buffer(answer);
        const { etag } = answer.headers;
        if (etag === undefined) throw new NotS3("an object without an ETag");
        return { content, etag: etag.replaceAll('"', "") };
      } catch (error) {
        if (isRefusal(error, "NoSuchKey")) return undefined;
        throw error;
      }
    });
  }

  /** Returns the ETag; if there is an object with this key, changes nothing and returns undefined. */
  create(key: string, content: Uint8Array): Promise<string | undefined> {
    return this.#write(key, content, { "If-None-Match": "*" });
  }

  /** Returns the new ETag; if the object's ETag is no longer `etag`, changes nothing and returns undefined. */
  replace(key: string, content: Uint8Array, etag: string): Promise<string | undefined> {
    return this.#write(key, content, { "If-Match": `"${etag}"` });
  }

  /** Writes the object whether or not there is one; the bucket keeps a former content as a version. */
  async put(key: string, content: Uint8Array): Promise<void> {
    await this.#write(key, content, {});
  }

  /** The bucket keeps the content as a version. */
  remove(key: string): Promise<void> {
    const { client, bucket } = this.#connection;
    return available(`remove ${key}`, this.#connection, () => client.removeObject(bucket, key));
  }

  /** All keys with this prefix, in ascending order. */
  list(prefix: string): Promise<string[]> {
    const { client, bucket } = this.#connection;
    return available(`list ${prefix}`, this.#connection, async () => {
      const keys: string[] = [];
      for await (const item of client.listObjectsV2(bucket, prefix, true)) keys.push(item.name);
      return keys;
    });
  }

  #write(key: string, content: Uint8Array, condition: Record<string, string>): Promise<string | undefined> {
    const { client, bucket } = this.#connection;
    return available(`write ${key}`, this.#connection, async () => {
      try {
        const headers = { ...condition, "Content-Type": contentTypeOf(key) };
        return (await client.putObject(bucket, key, Buffer.from(content), content.length, headers)).etag;
      } catch (error) {
        if (isRefusal(error, "PreconditionFailed", "NoSuchKey")) return undefined;
        throw error;
      }
    });
  }
}

function contentTypeOf(key: string): string {
  if (key.endsWith(".json")) return "application/json";
  return key.endsWith(".html") ? "text/html; charset=utf-8" : "application/octet-stream";
}
