import { describe, expect, it } from "vitest";
import { exampleModel } from "#test/support/example-model.ts";
import type { ModelManifest } from "./manifest.ts";
import { peerQualities, recentQuality } from "./quality.ts";

const { manifest: champion } = exampleModel();
const { auc, logLoss, brier, ece, snapshots } = champion.test;
const own = {
  ...{ snapshot: snapshots.at(-1), auc: auc.value, logLoss: logLoss.value, brier: brier.value, ece: ece.value },
  peers: peerQualities(champion),
};

/** A version that was compared with a champion, on the users of a snapshot. */
function refused(by: string | null, snapshot: string): ModelManifest {
  const decision = { promoted: false, reason: "", champion: by };
  const measured = { championAuc: 0.7, championLogLoss: 0.5, championBrier: 0.2, championEce: 0.06 };
  const test = { ...champion.test, snapshots: ["2024-01-01", snapshot] };
  return { ...champion, version: "later", test, decision: { ...decision, ...measured } };
}

describe("the champion's quality by now", () => {
  it("is what its last comparison found, on the newest snapshot", () => {
    expect(recentQuality(champion, refused(champion.version, "2025-02-01"))).toEqual({
      snapshot: "2025-02-01",
      auc: 0.7,
      logLoss: 0.5,
      brier: 0.2,
      ece: 0.06,
      peers: peerQualities(champion),
    });
  });

  it("has recency alone beside it, of the same users: not where the champion was judged on some of them", () => {
    const later = refused(champion.version, "2025-02-01");
    const measured = later.peers && { ...later.peers, recency: { ...later.peers.recency, auc: later.test.prAuc } };
    const found = recentQuality(champion, { ...later, peers: measured });
    expect(found.peers.recency?.auc).toBe(later.test.prAuc.value);
    const judged = { snapshots: ["2025-02-01"], rows: 10, auc: 0.7, logLoss: 0.5 };
    expect(recentQuality(champion, { ...later, decision: { ...later.decision, judged } }).peers).toEqual({});
  });

  it("is its own test where nothing later was compared with it", () => {
    expect(recentQuality(champion, undefined)).toEqual(own);
    expect(recentQuality(champion, refused("another", "2025-02-01"))).toEqual(own);
    expect(recentQuality(champion, refused(null, "2025-02-01"))).toEqual(own);
    expect(recentQuality(champion, refused(champion.version, "2020-02-01"))).toEqual(own);
  });

  it("lacks what versions of an older lapse do not tell", () => {
    const later = refused(champion.version, "2025-02-01");
    const { promoted, reason, champion: by, championAuc, championLogLoss } = later.decision;
    const old = { ...later, decision: { promoted, reason, champion: by, championAuc, championLogLoss } };
    expect(recentQuality(champion, old)).toMatchObject({ auc: 0.7, brier: null, ece: null });
  });
});
