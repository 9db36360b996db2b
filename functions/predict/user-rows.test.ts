import { describe, expect, it } from "vitest";
import { exampleManifest } from "#test/support/example-model.ts";
import { type UserRow, UserRows } from "./user-rows.ts";

const { definition } = exampleManifest();
const set = { id: "s", snapshot: 1, definition, populations: [definition.churn], names: ["a"] };

function rowOf(userId: string, width = 100): UserRow {
  return { userId, set, lapsed: [null], values: new Float64Array(width) };
}

function rows(bytes: number) {
  const evicted: number[] = [];
  return { evicted, rows: new UserRows(bytes, (users) => evicted.push(users)) };
}

describe("UserRows", () => {
  it("tells a user of whom nothing is stored from one who was never asked for", () => {
    const { rows: kept } = rows(10_000);
    kept.put("ana", rowOf("ana"));
    kept.put("nobody", undefined);
    expect(kept.get("ana")?.row?.userId).toBe("ana");
    expect(kept.get("nobody")).toMatchObject({ row: undefined });
    expect(kept.get("eve")).toBeUndefined();
  });

  it("stays within its bytes, and keeps who is asked for", () => {
    const { rows: kept, evicted } = rows(20_000);
    kept.put("ana", rowOf("ana"));
    for (let i = 0; i < 1_000; i++) {
      kept.put(`user-${i}`, rowOf(`user-${i}`));
      expect(kept.get("ana")?.row?.userId).toBe("ana");
      expect(kept.bytes).toBeLessThanOrEqual(20_000);
    }
    expect(kept.users).toBeGreaterThan(10);
    expect(kept.get("user-999")).toBeDefined();
    expect(kept.get("user-0")).toBeUndefined();
    expect(evicted.reduce((sum, users) => sum + users, 0)).toBe(1_001 - kept.users);
  });

  it("counts a user once who is put again, and none after it was cleared", () => {
    const { rows: kept } = rows(10_000);
    kept.put("ana", rowOf("ana"));
    const { bytes } = kept;
    kept.put("ana", rowOf("ana"));
    expect(kept.bytes).toBe(bytes);
    kept.put("ana", undefined);
    expect(kept.bytes).toBeLessThan(bytes);
    kept.clear();
    expect([kept.bytes, kept.users, kept.get("ana")]).toEqual([0, 0, undefined]);
  });

  it("holds more of those who have lapsed, or are not known, than of others", () => {
    const fill = (row: (userId: string) => UserRow | undefined) => {
      const { rows: kept } = rows(50_000);
      for (let i = 0; i < 1_000; i++) kept.put(`user-${i}`, row(`user-${i}`));
      return kept.users;
    };
    const here = fill((userId) => rowOf(userId, 188));
    expect(fill((userId) => rowOf(userId, 0))).toBeGreaterThan(2 * here);
    expect(fill(() => undefined)).toBeGreaterThan(5 * here);
  });

  it("keeps nothing that does not fit at all", () => {
    const { rows: kept } = rows(500);
    kept.put("ana", rowOf("ana"));
    expect([kept.bytes, kept.users]).toEqual([0, 0]);
  });
});
