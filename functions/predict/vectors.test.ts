import { expect, it } from "vitest";
import { vectorsInPieces } from "./vectors.ts";

it.each([1, 188, 2_000, 10_000])("makes vectors of %i zeros that share no number", (length) => {
  const newVector = vectorsInPieces();
  const vectors = Array.from({ length: 200 }, (_, i) => {
    const vector = newVector(length);
    expect(vector.every((value) => value === 0)).toBe(true);
    return vector.fill(i);
  });
  for (const [i, vector] of vectors.entries()) {
    expect(vector).toHaveLength(length);
    expect(vector.every((value) => value === i)).toBe(true);
  }
});
