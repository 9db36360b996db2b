import { describe, expect, it } from "vitest";
import { actionEvent } from "#runtime/event-kinds.ts";
import type { KeptDeadLetter } from "#stores/dead-letters/dead-letters.ts";
import { describeLetter, summarizeLetter } from "./letter-words.ts";

const letter: KeptDeadLetter = {
  id: "3f2a91c0ffffffffffffffff",
  event: { id: "1", source: "/shop", type: actionEvent.type, subject: "u1", data: { a: 1 } },
  destination: "http://ingest.lapse.svc.cluster.local",
  status: 400,
  answer: '{"error":"user_id is missing"}',
  recordedAt: Date.parse("2026-03-01T02:31:07.123Z"),
};

describe("a dead letter in one line", () => {
  it("says when, what, who and why", () => {
    expect(summarizeLetter(letter)).toBe(
      "3f2a91c0  2026-03-01 02:31:07 UTC  dev.lapse.action of u1: ingest answered 400, user_id is missing",
    );
  });

  it.each([
    ["<html>\nno", "<html>"],
    ['{"error":"cut off in the mid', '{"error":"cut off in the mid'],
    ['{"message":"other"}', '{"message":"other"}'],
  ])("shows the start of an answer that is not lapse's own: %j", (answer, shown) => {
    expect(summarizeLetter({ ...letter, answer })).toMatch(new RegExp(`answered 400, ${shown}$`));
  });

  it("does with little", () => {
    const { id, recordedAt } = letter;
    expect(summarizeLetter({ id, recordedAt, event: { id: "1", source: "/s", type: "t" } })).toBe(
      "3f2a91c0  2026-03-01 02:31:07 UTC  t: its destination answered with a failure",
    );
  });

  it("names a destination outside the cluster by its URL", () => {
    const destination = "https://example.com/events";
    expect(summarizeLetter({ ...letter, destination })).toContain("https://example.com/events answered 400");
  });
});

describe("a dead letter in full", () => {
  it("shows data that is not JSON as text, or in base64 where it is none", () => {
    const eventWith = (bytes: Buffer) => ({ ...letter, event: { id: "1", source: "/s", type: "t", bytes } });
    const shown = (bytes: Buffer) => JSON.parse(describeLetter(eventWith(bytes))).event;
    expect(shown(Buffer.from("<é/>"))).toMatchObject({ data_text: "<é/>" });
    expect(shown(Buffer.from([255]))).toMatchObject({ data_base64: "/w==" });
  });

  it("is JSON with everything", () => {
    const { recordedAt, ...rest } = letter;
    expect(JSON.parse(describeLetter(letter))).toEqual({ ...rest, recorded_at: "2026-03-01T02:31:07.123Z" });
  });
});
