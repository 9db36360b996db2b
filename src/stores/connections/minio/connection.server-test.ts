import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BreakableProxy } from "#test/support/breakable-proxy.ts";
import { makeTemporaryBucket, type TemporaryBucket } from "#test/support/temporary-bucket.ts";
import { StoreUnavailable } from "../../failures.ts";
import { connectMinio, type MinioOptions } from "./connection.ts";
import { MinioObjects } from "./objects.ts";
import { setUpMinio } from "./set-up.ts";

let bucket: TemporaryBucket;

beforeAll(async () => {
  bucket = await makeTemporaryBucket();
});

afterAll(() => bucket.remove());

function objectsWith(changes: Partial<MinioOptions>): MinioObjects {
  return new MinioObjects(connectMinio({ ...bucket.options, ...changes }));
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  const failure = await work.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StoreUnavailable);
  return (failure as StoreUnavailable).message;
}

describe("objects in MinIO", () => {
  it("are created once, and replaced by whoever knows their content", async () => {
    const objects = objectsWith({});
    const etag = await objects.create("once", Buffer.from("a"));
    expect(etag).toBeDefined();
    expect(await objects.create("once", Buffer.from("b"))).toBeUndefined();
    expect(await objects.replace("once", Buffer.from("c"), "of another content")).toBeUndefined();
    const next = await objects.replace("once", Buffer.from("c"), etag ?? "");
    expect(await objects.read("once")).toEqual({ content: Buffer.from("c"), etag: next });
    expect(await objects.replace("never", Buffer.from("c"), etag ?? "")).toBeUndefined();
    expect(await objects.read("never")).toBeUndefined();
  });

  it("are created by one of two though they are larger than what the client sends in one part by default", async () => {
    const objects = objectsWith({ timeoutMilliseconds: 30_000 });
    const large = ["x", "y"].map((letter) => Buffer.alloc((64 << 20) + 1, letter));
    const etags = await Promise.all(large.map((content) => objects.create("large", content)));
    expect(etags.filter((etag) => etag !== undefined)).toHaveLength(1);
    const winner = etags.findIndex((etag) => etag !== undefined);
    expect(large[winner]?.equals((await objects.read("large"))?.content ?? Buffer.alloc(0))).toBe(true);
  });
});

describe("settings that are wrong", () => {
  it("are each named in one line, which holds no secret", async () => {
    const wrong: [Partial<MinioOptions>, string][] = [
      [{ secretKey: "wrong-secret" }, "Check MINIO_ACCESS_KEY and MINIO_SECRET_KEY."],
      [{ accessKey: "nobody" }, "Check MINIO_ACCESS_KEY and MINIO_SECRET_KEY."],
      [{ sessionToken: "wrong-token" }, "Check MINIO_ACCESS_KEY and MINIO_SECRET_KEY."],
      [{ bucket: "lapse-test-there-is-none" }, "Check MINIO_BUCKET"],
      [{ url: bucket.options.url.replace("http:", "https:") }, "Check MINIO_URL and MINIO_CA_FILE."],
      [{ url: "http://minio.invalid:9000" }, "Check MINIO_URL"],
    ];
    for (const [changes, advice] of wrong) {
      const objects = objectsWith(changes);
      for (const work of [
        () => objects.read("a"),
        () => objects.create("a", Buffer.from("a")),
        () => objects.list("a"),
      ]) {
        const message = await messageOf(work());
        expect(message).toContain(advice);
        expect(message).not.toMatch(/wrong-secret|wrong-token|\n/);
      }
    }
  });
});

describe("the way to MinIO", () => {
  it("may break in every manner, and is taken again when it is mended", async () => {
    const proxy = await BreakableProxy.start(bucket.options.url);
    const objects = objectsWith({ url: proxy.url, timeoutMilliseconds: 2000 });
    await objects.create("way", Buffer.from("there"));
    const works = async () => expect((await objects.read("way"))?.content.toString()).toBe("there");
    await works();

    await proxy.close();
    expect(await messageOf(objects.read("way"))).toMatch(/ECONNRE(FUSED|SET)/);
    await proxy.open();
    await works();

    for (const fate of ["hold", "lose the answer"] as const) {
      proxy.fate = () => fate;
      expect(await messageOf(objects.read("way"))).toContain("no response within 2000 ms");
      proxy.fate = () => "pass";
      await works();
    }

    proxy.fate = () => "reset";
    expect(await messageOf(objects.read("way"))).toContain("ECONNRESET");
    proxy.fate = () => "pass";
    await works();
    await proxy.close();
  });

  it("may be https with an authority of one's own", async () => {
    const directory = await mkdtemp(join(tmpdir(), "lapse-tls-"));
    const [keyFile, caFile] = [join(directory, "key.pem"), join(directory, "ca.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    await promisify(execFile)("openssl", ["req", "-x509", ...curve, ...subject, "-keyout", keyFile, "-out", caFile]);
    const target = new URL(bucket.options.url);
    const server = createServer({ key: await readFile(keyFile), cert: await readFile(caFile) }, (client) => {
      const minio = connect(Number(target.port), target.hostname);
      client.pipe(minio).pipe(client);
      client.on("error", () => minio.destroy());
      minio.on("error", () => client.destroy());
      client.on("close", () => minio.destroy());
    });
    server.listen(0, "localhost");
    await once(server, "listening");
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new TypeError("no port");
    const url = `https://localhost:${address.port}`;

    const objects = objectsWith({ url, caFile });
    await objects.create("secure", Buffer.from("a"));
    expect((await objects.read("secure"))?.content.toString()).toBe("a");
    expect(await messageOf(objectsWith({ url }).read("secure"))).toContain("Check MINIO_URL and MINIO_CA_FILE.");
    server.close();
    await rm(directory, { recursive: true });
  });
});

describe("setting up", () => {
  it("is safe to repeat, and leaves versioning on and drafts expiring", async () => {
    const { connection } = bucket;
    await setUpMinio(connection);
    const { client, bucket: name } = connection;
    expect(await client.getBucketVersioning(name)).toMatchObject({ Status: "Enabled" });
    expect(JSON.stringify(await client.getBucketLifecycle(name))).toContain("lapse-drafts");
  });

  it("says what is wrong like any other request", async () => {
    const wrong = connectMinio({ ...bucket.options, secretKey: "wrong-secret" });
    expect(await messageOf(setUpMinio(wrong))).toContain("Check MINIO_ACCESS_KEY and MINIO_SECRET_KEY.");
  });
});
