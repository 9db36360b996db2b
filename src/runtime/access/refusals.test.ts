import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Refused } from "./access-gate.ts";
import { type RefusalEntry, Refusals } from "./refusals.ts";

let entries: RefusalEntry[];
let id: number;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
  entries = [];
  id = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

function refusals(
  record: (entry: RefusalEntry) => Promise<void> = async (entry) => void entries.push(entry),
  isBehindProxy = false,
) {
  const logger = pino({ level: "silent" });
  return new Refusals({ record, logger, now: Date.now, newId: () => `${id++}`, isBehindProxy });
}

function refused(address: string, fields: Partial<Refused> = {}, headers: Record<string, string> = {}): Refused {
  const request = { method: "POST", path: "/events", headers, address };
  return { status: 401, role: "send", reason: "no_credentials", caller: undefined, request, ...fields };
}

describe("refused requests", () => {
  it("are recorded with who, from where and what was missing", () => {
    const caller = { name: "shop", id: "abc", by: "key", roles: [] } as const;
    refusals().refused(refused("10.0.0.7", { status: 403, reason: "missing_role", caller }));
    expect(entries).toEqual([
      {
        id: "0",
        at: Date.UTC(2026, 0, 1),
        action: "access.refused",
        who: "shop (abc)",
        from: "10.0.0.7",
        target: "POST /events",
        count: 1,
        details: { status: 403, role: "send", reason: "missing_role" },
      },
    ]);
  });

  it("come from where the proxy says, where there is one, and not where the caller says", () => {
    const headers = { "x-forwarded-for": "203.0.113.9, 10.0.0.1" };
    refusals(undefined, true).refused(refused("127.0.0.1", {}, headers));
    refusals(undefined, false).refused(refused("192.0.2.1", {}, headers));
    expect(entries.map(({ from }) => from)).toEqual(["203.0.113.9, 10.0.0.1", "192.0.2.1"]);
  });

  it("of one kind are counted, and the count recorded after ten minutes", () => {
    const some = refusals();
    for (let i = 0; i < 1_000; i++) some.refused(refused("10.0.0.7"));
    expect(entries.map(({ count }) => count)).toEqual([1]);
    vi.advanceTimersByTime(600_000);
    expect(entries.map(({ count }) => count)).toEqual([1, 999]);
    vi.advanceTimersByTime(3_600_000);
    expect(entries).toHaveLength(2);
    some.refused(refused("10.0.0.7"));
    expect(entries).toHaveLength(3);
  });

  it("in a flood from everywhere make 41 entries in ten minutes, and none is left out of the count", () => {
    const some = refusals();
    const flood = 50_000;
    for (let i = 0; i < flood; i++) some.refused(refused(`10.0.${i % 250}.1`, {}, { "x-forwarded-for": `${i}` }));
    vi.advanceTimersByTime(600_000);
    expect(entries).toHaveLength(41);
    expect(entries.reduce((sum, { count }) => sum + count, 0)).toBe(flood);
    expect(new Set(entries.map((entry) => entry.id)).size).toBe(41);
  });

  it("hold nothing that could break a line or fill the disk", () => {
    const path = `/${"x".repeat(10_000)}\n\u001b[2J`;
    const request = { method: "GET", path, headers: { "x-forwarded-for": "a\u0000b".repeat(1_000) }, address: "::1" };
    refusals(undefined, true).refused(refused("::1", { request }));
    expect(JSON.stringify(entries[0]).length).toBeLessThan(500);
    expect(entries[0]?.from).toMatch(/^[\x20-\x7e]{100}$/);
  });

  it("are written before the process ends, and cost no request when they cannot be", async () => {
    const some = refusals();
    for (let i = 0; i < 3; i++) some.refused(refused("10.0.0.7"));
    await some.flush();
    expect(entries.map(({ count }) => count)).toEqual([1, 2]);
    const failing = refusals(async () => {
      throw new Error("The store is away.");
    });
    failing.refused(refused("10.0.0.7"));
    await failing.flush();
  });
});
