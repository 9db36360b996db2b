import fc from "fast-check";

/** Values that texts, times and flags are easily mistaken about: blanks, words for nothing, control characters, long ones. */
export function hardTexts(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom(
      ...[
        " ",
        "\t",
        "NULL",
        " null ",
        "\\N",
        "undefined",
        "[object Object]",
        "a\u0000b",
        "\ud800",
        "Jos\ufffd",
        "\u00a0x",
      ],
      ...["x".repeat(256), "x".repeat(257), "\u{1f600}".repeat(256), "\u{1f600}".repeat(257), ` ${"x".repeat(256)} `],
      ...[
        "2026-11-25",
        "2026-11-25T10:00Z",
        "2026-11-25T10:00:00Z",
        "2026-11-25T10:00:00+14:00",
        "2026-02-30T10:00:00Z",
      ],
      ...[
        "yes",
        "N",
        "true",
        "1",
        "1e3",
        "1e999",
        0,
        1,
        -1,
        1.5,
        20_261_125,
        1e8,
        1.7e9,
        1.7e12,
        1.7e15,
        1.7e18,
        2 ** 53,
        1e300,
      ],
      ...[null, true, false, [], {}, ["x"], { toString: 1 }],
    ),
    fc.string({ unit: "binary" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: 1e8, max: 1.7e9 }),
  );
}
