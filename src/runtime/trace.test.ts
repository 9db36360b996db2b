import { describe, expect, it } from "vitest";
import { beginSpan, parseTraceparent, traceparentOf } from "./trace.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

describe("a traceparent", () => {
  it("tells trace, span and flags, also in a later version with more to it", () => {
    expect(parseTraceparent(`00-${traceId}-${spanId}-01`)).toEqual({ traceId, spanId, flags: "01" });
    expect(parseTraceparent(`cc-${traceId}-${spanId}-00-later`)).toEqual({ traceId, spanId, flags: "00" });
  });

  it.each([
    undefined,
    7,
    "",
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${"0".repeat(32)}-${spanId}-01`,
    `00-${traceId}-${"0".repeat(16)}-01`,
    `00-${traceId}-${spanId}`,
  ])("is not %j", (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });

  it("is written as it is read", () => {
    const text = `00-${traceId}-${spanId}-01`;
    expect(traceparentOf(parseTraceparent(text)!)).toBe(text);
  });
});

describe("a span", () => {
  it("belongs to its parent's trace, and to a new one without a parent", () => {
    const child = beginSpan({ traceId, spanId, flags: "01" });
    expect(child).toMatchObject({ traceId, flags: "01" });
    expect(child.spanId).not.toBe(spanId);
    const first = beginSpan(undefined);
    expect(parseTraceparent(traceparentOf(first))).toEqual(first);
    expect(beginSpan(undefined).traceId).not.toBe(first.traceId);
  });
});
