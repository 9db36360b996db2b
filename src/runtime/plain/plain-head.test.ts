import { describe, expect, it } from "vitest";
import { plainHead } from "./plain-head.ts";

const head = (...lines: string[]) => lines.join("\r\n");

describe("a plain head", () => {
  it("is read into method, target, headers and the length of the body", () => {
    const text = head(
      "POST /v1/models/churn:predict?a=b%20c HTTP/1.1",
      "Host: 127.0.0.1:8080",
      "content-TYPE:application/json; charset=utf-8",
      "X-Request-Id: \t a b \t",
      "x-empty:",
      "Connection: Keep-Alive",
      "Content-Length: 12",
    );
    expect(plainHead(text)).toEqual({
      method: "POST",
      url: "/v1/models/churn:predict?a=b%20c",
      headers: {
        host: "127.0.0.1:8080",
        "content-type": "application/json; charset=utf-8",
        "x-request-id": "a b",
        "x-empty": "",
        connection: "Keep-Alive",
        "content-length": "12",
      },
      length: 12,
    });
  });

  it("may have no length, and then has no body", () => {
    expect(plainHead(head("GET / HTTP/1.1", "host: x"))).toMatchObject({ method: "GET", length: 0 });
    expect(plainHead(head("POST / HTTP/1.1", "host: x"))).toMatchObject({ method: "POST", length: 0 });
  });
});

describe("a head is not plain", () => {
  const get = "GET / HTTP/1.1";
  const post = "POST / HTTP/1.1";
  it.each([
    ["of another method", head("PUT / HTTP/1.1", "host: x")],
    ["of a method in small letters", head("get / HTTP/1.1", "host: x")],
    ["of another version", head("GET / HTTP/1.0", "host: x")],
    ["with a target that is a whole URL", head("GET http://x/ HTTP/1.1", "host: x")],
    ["with a target that is no path", head("GET * HTTP/1.1", "host: x")],
    ["with a space in its target", head("GET /a b HTTP/1.1", "host: x")],
    ["with two spaces before its target", head("GET  / HTTP/1.1", "host: x")],
    ["without headers", get],
    ["without a host", head(get, "a: b")],
    ["with two hosts", head(get, "host: x", "host: x")],
    ["with a header that comes twice", head(get, "host: x", "a: b", "A: c")],
    ["with two lengths", head(post, "host: x", "content-length: 2", "content-length: 2")],
    ["with two lengths in one", head(post, "host: x", "content-length: 2, 2")],
    ["with a length that has a sign", head(post, "host: x", "content-length: +2")],
    ["with a length that is no number", head(post, "host: x", "content-length: 0x2")],
    ["with an empty length", head(post, "host: x", "content-length:")],
    ["with a length that is too long for a number", head(post, "host: x", `content-length: ${"1".repeat(30)}`)],
    ["with a body that nothing should have", head(get, "host: x", "content-length: 2")],
    ["with a coding of its transfer", head(post, "host: x", "transfer-encoding: chunked")],
    ["with a coding of its content", head(post, "host: x", "content-encoding: gzip")],
    ["that expects something", head(post, "host: x", "expect: 100-continue")],
    ["that asks for another protocol", head(get, "host: x", "connection: Upgrade", "upgrade: websocket")],
    ["that is the last one on its connection", head(get, "host: x", "connection: close")],
    ["that names headers of its connection", head(get, "host: x", "connection: keep-alive, te")],
    ["with a header of a proxy's connection", head(get, "host: x", "proxy-connection: close")],
    ["with a header that is a list for Node", head(get, "host: x", "set-cookie: a=b")],
    ["with trailers to come", head(post, "host: x", "trailer: a")],
    ["with a space before a colon", head(get, "host: x", "content-length : 2")],
    ["with a header on two lines", head(get, "host: x", "a: b", " c")],
    ["that begins with a header's second line", head(get, " host: x")],
    ["with a header without a colon", head(get, "host: x", "content-length")],
    ["with a header without a name", head(get, "host: x", ": a")],
    ["with other characters in a name", head(get, "host: x", "a_b: c")],
    ["with what every object has", head(get, "host: x", "constructor: c")],
    ["with a bare line feed", head(get, "host: x", "a: b\nc: d")],
    ["with a bare carriage return", head(get, "host: x", "a: b\rc: d")],
    ["with lines that end with line feeds alone", "GET / HTTP/1.1\nhost: x"],
    ["with a null character", head(get, "host: x", "a: \0")],
    ["with another control character", head(get, "host: x", "a: \x7f")],
    ["with bytes beyond ASCII", head(get, "host: x", "a: JosÃ©")],
    ["with an empty line before it", head("", get, "host: x")],
    [
      "with more headers than anybody sends",
      head(get, "host: x", ...Array.from({ length: 100 }, (_, i) => `a${i}: b`)),
    ],
    ["with a line that ends too late", head(get, "host: x", "")],
  ])("%s", (_, text) => {
    expect(plainHead(text)).toBeUndefined();
  });

  it("after a time that grows with its length alone, whatever stands in it", () => {
    for (const part of [" ", "\t", "a:", ":", "a: b\r\n", "\r", "\r\n "]) {
      const text = head(get, "host: x", `a: ${part.repeat(2 ** 20 / part.length)}\0`);
      const began = performance.now();
      expect(plainHead(text)).toBeUndefined();
      expect(performance.now() - began).toBeLessThan(1_000);
    }
  });
});
