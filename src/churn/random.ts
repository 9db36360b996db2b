import { fnv1a } from "./hash.ts";

/**
 * Seeded random numbers, uniform in [0, 1) in steps of 2^-32: the same seed always gives the same sequence, on every
 * machine. For sampling and synthetic data, not for secrets. A number and its decimal text are the same seed.
 */
export function randomFrom(seed: string | number): () => number {
  // Seeds that differ in one character must not give related sequences: a hash, then four mixed words as the state.
  const next = splitMix32(fnv1a(String(seed)));
  const draw = xoshiro128([next(), next(), next(), next()]);
  return () => draw() / 2 ** 32;
}

/**
 * The generator xoshiro128** 1.1 of Blackman and Vigna (https://prng.di.unimi.it/xoshiro128starstar.c): unsigned
 * 32-bit integers, period 2^128 - 1. The state must not be all zero.
 */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

/** A Weyl sequence through the finalizer of MurmurHash3: four words in a row of it are never all zero. */
function splitMix32(seed: number): () => number {
  let weyl = seed;
  return () => {
    weyl = (weyl + 0x9e3779b9) | 0;
    let mixed = Math.imul(weyl ^ (weyl >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
