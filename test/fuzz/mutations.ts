import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { oddHeaders } from "./odd-headers.ts";
import type { Framing, Header, WireRequest } from "./wire-request.ts";

type Mutation = (request: WireRequest) => WireRequest;

/** One way in which a request is not what its description asks for, or asks for it in an unusual way. */
export function mutation(): fc.Arbitrary<Mutation> {
  return fc.oneof(
    { arbitrary: header(), weight: 50 },
    { arbitrary: bytes(), weight: 50 },
    { arbitrary: encoding(), weight: 20 },
    { arbitrary: target(), weight: 30 },
    { arbitrary: method(), weight: 10 },
    { arbitrary: framing(), weight: 10 },
    { arbitrary: version(), weight: 2 },
  );
}

const methods = "GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT PROPFIND PURGE FOO get QUERY".split(" ");

function method(): fc.Arbitrary<Mutation> {
  return fc.constantFrom(...methods).map((method) => (request) => ({ ...request, method, isOnRoute: false }));
}

function version(): fc.Arbitrary<Mutation> {
  return fc
    .constantFrom("HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/3", "http/1.1", "RTSP/1.0", "")
    .map((version) => (request) => ({ ...request, version }));
}

/** What is put into a path or a query. */
const oddities = [
  "%00",
  "%",
  "%zz",
  "%C3%28",
  "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
  "../../../etc/passwd",
  "..%5c..%5c",
  "//",
  "/",
  ":",
  "::",
  "*",
  "\u00e9",
  "%F0%9F%92%A9",
  "a".repeat(3_000),
  "__proto__",
  "constructor",
  ";jsessionid=1",
  "#fragment",
  "'%20OR%201=1--",
  "%3Cscript%3Ealert(1)%3C/script%3E",
  "%0d%0aset-cookie:%20a=b",
  "null",
  "-1",
  "1e999",
  "NaN",
];

function target(): fc.Arbitrary<Mutation> {
  const place = fc.nat({ max: 200 });
  const odd = fc.constantFrom(...oddities);
  const offRoute = (change: (target: string) => string): Mutation => {
    return (request) => ({ ...request, target: change(request.target), isOnRoute: false });
  };
  return fc.oneof(
    fc
      .tuple(place, odd)
      .map(([at, text]) => offRoute((old) => `/${insert(old.slice(1), at % Math.max(1, old.length), text)}`)),
    fc.tuple(place, odd).map(([at, text]) => offRoute((old) => withSegment(old, at, text))),
    fc
      .constantFrom("*", "http://localhost/", "//evil.example/", "", "/".repeat(500))
      .map((text) => offRoute(() => text)),
    // In the query only, which stays on the route.
    fc
      .tuple(fc.constantFrom("q", "reasons", "limit", "from", "to", "risk", "__proto__", ""), odd)
      .map(([name, text]) => (request: WireRequest) => ({
        ...request,
        target: `${request.target}${request.target.includes("?") ? "&" : "?"}${name}=${text}`,
      })),
  );
}

function withSegment(target: string, at: number, text: string): string {
  const [path = "", ...query] = target.split("?");
  const segments = path.split("/");
  const place = 1 + (at % Math.max(1, segments.length - 1));
  return [segments.map((segment, i) => (i === place ? text : segment)).join("/"), ...query].join("?");
}

function insert(text: string, at: number, part: string): string {
  return text.slice(0, at) + part + text.slice(at);
}

function header(): fc.Arbitrary<Mutation> {
  const given = fc.constantFrom(...oddHeaders);
  return fc.oneof(
    { arbitrary: given.map((one) => replacing(one)), weight: 60 },
    { arbitrary: given.map((one) => adding([one])), weight: 20 },
    { arbitrary: fc.constantFrom("content-type", "host", "authorization").map(removing), weight: 20 },
    {
      arbitrary: fc
        .integer({ min: 10, max: 3_000 })
        .map((count) => adding(Array.from({ length: count }, (_, i) => [`x-${i}`, "1"] as const))),
      weight: 3,
    },
  );
}

function replacing([name, value]: Header): Mutation {
  return (request) => adding([[name, value]])(removing(name)(request));
}

function adding(added: readonly Header[]): Mutation {
  return (request) => ({ ...request, headers: [...request.headers, ...added] });
}

function removing(removed: string): Mutation {
  return (request) => ({
    ...request,
    headers: request.headers.filter(([name]) => name !== removed),
  });
}

/** What is put into a body. */
const parts = [
  "\u0000",
  "\ufeff",
  '"',
  "\\",
  "\\ud800",
  "{",
  "]",
  ",",
  "[".repeat(500),
  '{"a":'.repeat(200),
  "1e999",
  "-0",
  "123456789012345678901234567890",
  '"__proto__":{"x":1},',
  '{"__proto__":null}',
  "\n\n\n",
  "\r\n",
  "//",
  "null",
  "NaN",
  "\u2028",
  "\ud83d\udca9",
  "x".repeat(10_000),
  "1,".repeat(5_000),
  "{},".repeat(2_000),
].map((text) => Buffer.from(text));

function bytes(): fc.Arbitrary<Mutation> {
  const withBody = (change: (body: Buffer) => Buffer): Mutation => {
    return (request) => ({ ...request, body: change(request.body) });
  };
  const place = fc.nat({ max: 5_000 });
  return fc.oneof(
    fc.tuple(place, fc.constantFrom(...parts)).map(([at, part]) =>
      withBody((body) => {
        const start = at % (body.length + 1);
        return Buffer.concat([body.subarray(0, start), part, body.subarray(start)]);
      }),
    ),
    fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(([at, by]) =>
      withBody((body) => {
        const changed = Buffer.from(body);
        const start = at % (body.length + 1);
        if (start < changed.length) changed[start] = (changed[start] ?? 0) ^ by;
        return changed;
      }),
    ),
    place.map((at) => withBody((body) => body.subarray(0, at % (body.length + 1)))),
    fc.constantFrom(2, 3, 50).map((times) => withBody((body) => Buffer.concat(Array(times).fill(body)))),
    fc.uint8Array({ maxLength: 200 }).map((random) => withBody(() => Buffer.from(random))),
    fc.json({ maxDepth: 4 }).map((json) => withBody(() => Buffer.from(json))),
    fc.constant(withBody((body) => Buffer.from(body.toString(), "utf16le"))),
    fc.constant(withBody(() => Buffer.alloc(0))),
  );
}

function encoding(): fc.Arbitrary<Mutation> {
  const encoded = fc.constantFrom<readonly [string, (body: Buffer) => Buffer]>(
    ["gzip", (body) => gzipSync(body)],
    ["gzip", (body) => gzipSync(body).subarray(0, -5)],
    ["gzip", (body) => Buffer.concat([gzipSync(body), gzipSync(body)])],
    ["gzip", (body) => Buffer.concat([gzipSync(body), Buffer.from("more")])],
    ["gzip", (body) => gzipSync(gzipSync(body))],
    ["gzip", () => gzipSync(Buffer.alloc(3_000_000))],
    ["gzip", () => Buffer.alloc(0)],
    ["x-gzip", (body) => gzipSync(body)],
    ["deflate", (body) => deflateSync(body)],
    ["deflate", (body) => gzipSync(body)],
    ["br", (body) => brotliCompressSync(body)],
    ["br", (body) => body],
  );
  return encoded.map(([name, encode]) => (request) => ({
    ...replacing(["content-encoding", name])(request),
    body: encode(request.body),
  }));
}

function framing(): fc.Arbitrary<Mutation> {
  return fc
    .oneof<[fc.Arbitrary<Framing>, fc.Arbitrary<Framing>, fc.Arbitrary<Framing>]>(
      fc.constantFrom(1, 7, 1_000).map((size) => ({ kind: "chunks", size })),
      fc.constantFrom(-1, -10, 1, 100).map((by) => ({ kind: "wrong-length", by })),
      fc.constant({ kind: "hang-up" }),
    )
    .map((framing) => (request) => ({ ...request, framing }));
}
