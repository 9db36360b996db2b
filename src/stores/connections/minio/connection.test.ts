import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { InvalidInput } from "#churn/failure.ts";
import { StoreUnavailable } from "../../failures.ts";
import { connectMinio } from "./connection.ts";
import { MinioObjects } from "./objects.ts";

const options = {
  accessKey: "reader",
  secretKey: "not-to-be-told",
  bucket: "lapse",
  timeoutMilliseconds: 5000,
  random: Math.random,
};
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Objects behind something that answers like this. */
async function objectsBehind(answer: RequestListener, timeoutMilliseconds = 5000): Promise<MinioObjects> {
  const server = createServer(answer);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new MinioObjects(connectMinio({ ...options, url, timeoutMilliseconds }));
}

/** The failure of a read, a write and a list, which must be alike in all but what was to be done. */
async function failureOf(objects: MinioObjects): Promise<string> {
  const works = [() => objects.read("a"), () => objects.create("a", Buffer.from("b")), () => objects.list("a")];
  const messages: string[] = [];
  for (const work of works) {
    const failure = await work().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreUnavailable);
    expect(inspect(failure, { depth: 9 })).not.toContain(options.secretKey);
    messages.push((failure as StoreUnavailable).message.replace(/^Could not (read|write|list) a: /, ""));
  }
  expect(new Set(messages).size).toBe(1);
  expect(messages[0]).not.toContain("\n");
  return messages[0]!;
}

const s3 = { "x-amz-request-id": "1", etag: '"e"' };

describe("a connection to MinIO", () => {
  it("refuses an address that cannot be one, and a file of authorities that is not there", () => {
    for (const url of ["", "localhost:9000", "ftp://minio", "http://minio/path", "http://me:secret@minio"]) {
      expect(() => connectMinio({ ...options, url })).toThrow(InvalidInput);
    }
    const caFile = "/nowhere/ca.pem";
    expect(() => connectMinio({ ...options, url: "https://minio", caFile })).toThrow("MINIO_CA_FILE");
  });

  it("says so when nothing listens", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    for (const host of ["127.0.0.1", "localhost"]) {
      const objects = new MinioObjects(connectMinio({ ...options, url: `http://${host}:${port}` }));
      expect(await failureOf(objects)).toMatch(/^no connection to MinIO at .* \(ECONNREFUSED\)\. Check MINIO_URL/);
    }
  });

  it("gives up when no response comes, or not all of it", async () => {
    const silent = await objectsBehind(() => undefined, 100);
    expect(await failureOf(silent)).toMatch(/^MinIO at .* sent no response within 100 ms\.$/);
    const endless = await objectsBehind((_request, response) => {
      response.writeHead(200, { ...s3, "content-length": 1000 }).write("begun");
    }, 100);
    expect(await failureOf(endless)).toMatch(/^MinIO at .* sent no response within 100 ms\.$/);
  });

  it("rejects an object that is cut off", async () => {
    const cut = await objectsBehind((_request, response) => {
      response.writeHead(200, { ...s3, "content-length": 1000 }).write("begun", () => response.destroy());
    });
    expect(await failureOf(cut)).toMatch(/^no connection to MinIO at .* \(ECONNRESET\)/);
  });

  it("reports a server that cannot respond, each time anew, on a connection that stays usable", async () => {
    const sockets = new Set<unknown>();
    const objects = await objectsBehind((request, response) => {
      sockets.add(request.socket);
      response.writeHead(503, s3).end("<Error><Code>SlowDown</Code></Error>");
    });
    expect(await failureOf(objects)).toMatch(/^MinIO at .* cannot respond now \(status 503\)\.$/);
    expect(sockets.size).toBe(1);
  });

  it("recognizes a server other than MinIO, even one that returns a page for any request", async () => {
    for (const status of [200, 400, 404]) {
      const page = await objectsBehind((_request, response) => response.writeHead(status).end("<html></html>"));
      expect(await failureOf(page)).toMatch(/^the server at .* is not MinIO .* Check MINIO_URL\.$/);
    }
  });

  it("names the setting to check for each refusal", async () => {
    const refusals = [
      [403, "InvalidAccessKeyId", "MINIO_ACCESS_KEY and MINIO_SECRET_KEY"],
      [403, "SignatureDoesNotMatch", "MINIO_ACCESS_KEY and MINIO_SECRET_KEY"],
      [403, "AccessDenied", "the policy of the user"],
      [404, "NoSuchBucket", "MINIO_BUCKET"],
      [400, "AuthorizationHeaderMalformed", "MINIO_REGION"],
      [403, "RequestTimeTooSkewed", "clock"],
      [507, "XMinioStorageFull", "XMinioStorageFull: no room"],
    ] as const;
    for (const [status, code, advice] of refusals) {
      const objects = await objectsBehind((_request, response) =>
        response.writeHead(status, s3).end(`<Error><Code>${code}</Code><Message>no room</Message></Error>`),
      );
      expect(await failureOf(objects)).toContain(advice);
    }
  });
});
