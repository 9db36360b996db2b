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

  it("shows nothing that draws on a terminal, passes for another line or has no end", () => {
    const event = { ...letter.event, type: "t\u001b[31m", subject: "u1\u001b[2J\r\n3f2a91c0  all is well" };
    expect(summarizeLetter({ ...letter, event, answer: "no\u0007\rway" })).toBe(
      "3f2a91c0  2026-03-01 02:31:07 UTC  t [31m of u1 [2J 3f2a91c0  all is well: ingest answered 400, no way",
    );
    const long = { ...letter.event, subject: "u".repeat(65_536), type: "t".repeat(65_536) };
    expect(summarizeLetter({ ...letter, event: long }).length).toBeLessThan(1_000);
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

  it("shows nothing that draws on a terminal, and is the same as JSON", () => {
    const event = { ...letter.event, subject: "a\u009b2Jb\u202e\u007f" };
    const text = describeLetter({ ...letter, event });
    expect(text).not.toMatch(/[\u007f-\u009f\u202e]/);
    expect(JSON.parse(text).event).toEqual(event);
  });

  it("is JSON with everything", () => {
    const { recordedAt, ...rest } = letter;
    expect(JSON.parse(describeLetter(letter))).toEqual({ ...rest, recorded_at: "2026-03-01T02:31:07.123Z" });
  });
});
