/** User ids that a store might get wrong; two of them have the greatest length. */
export const oddUserIds: readonly string[] = [
  "ünïcödé",
  "🦆",
  "\uffff",
  "it's; DROP TABLE features --",
  "nul\0inside",
  "nul",
  "__proto__",
  " ",
  "a".repeat(256),
  "ü".repeat(256),
  "🦆".repeat(128),
];
