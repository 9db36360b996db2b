import { expect, it } from "vitest";
import { inPieces } from "../../in-pieces.ts";
import { audienceJson, type ToContact } from "./audience.ts";

async function* users(count: number): AsyncGenerator<ToContact> {
  for (let i = 0; i < count; i++) {
    const known = i % 2 === 0 ? { probability: 0.5, value: 10 } : {};
    yield { userId: `"user" ${i}`, because: i % 2 === 0 ? ["silent"] : [], ...known };
  }
}

it("tells the users to contact as one JSON object, of none as well", async () => {
  for (const count of [0, 1, 5_000]) {
    const pieces = [];
    for await (const piece of inPieces(audienceJson("spring", users(count)))) pieces.push(piece);
    expect(pieces.length).toBe(count === 5_000 ? 5 : 1);
    const told = JSON.parse(pieces.join(""));
    expect(told.campaign).toBe("spring");
    expect(told.users).toHaveLength(count);
    expect(told.users.slice(0, 2)).toEqual(
      [
        { user_id: '"user" 0', probability: 0.5, value: 10, because: ["silent"] },
        { user_id: '"user" 1', because: [] },
      ].slice(0, count),
    );
  }
});

it("sends a piece before the users that follow it are read", async () => {
  const first = await inPieces(audienceJson("spring", users(Number.POSITIVE_INFINITY))).next();
  expect(first.value?.length).toBeLessThan(70_000);
});
