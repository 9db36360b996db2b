import { describe, expect, it } from "vitest";
import { utcFrom } from "./timezone.ts";

const local = (text: string) => Date.parse(`${text}Z`);

describe("utcFrom", () => {
  it("follows a zone through summer time", () => {
    const newYork = utcFrom("America/New_York");
    expect(newYork(local("2024-01-15T12:00:00"))).toBe(Date.parse("2024-01-15T17:00:00Z"));
    expect(newYork(local("2024-07-15T12:00:00"))).toBe(Date.parse("2024-07-15T16:00:00Z"));
  });

  it("is exact right before and after a change of the clocks", () => {
    const berlin = utcFrom("Europe/Berlin");
    expect(berlin(local("2024-03-31T01:59:59"))).toBe(Date.parse("2024-03-31T00:59:59Z"));
    expect(berlin(local("2024-03-31T03:00:00"))).toBe(Date.parse("2024-03-31T01:00:00Z"));
    expect(berlin(local("2024-10-27T01:59:59"))).toBe(Date.parse("2024-10-26T23:59:59Z"));
    expect(berlin(local("2024-10-27T03:00:00"))).toBe(Date.parse("2024-10-27T02:00:00Z"));
  });

  it("takes offsets, and zones that are not whole hours away", () => {
    expect(utcFrom("+02:00")(local("2024-01-01T12:00:00"))).toBe(Date.parse("2024-01-01T10:00:00Z"));
    expect(utcFrom("UTC")(local("2024-01-01T12:00:00"))).toBe(Date.parse("2024-01-01T12:00:00Z"));
    expect(utcFrom("Asia/Kolkata")(local("2024-01-01T12:00:00"))).toBe(Date.parse("2024-01-01T06:30:00Z"));
  });

  it("keeps what is not a time, and refuses what is not a zone", () => {
    expect(utcFrom("Europe/Berlin")(Number.NaN)).toBeNaN();
    expect(() => utcFrom("Mars/Olympus")).toThrow("--timezone Mars/Olympus is not known");
  });
});
