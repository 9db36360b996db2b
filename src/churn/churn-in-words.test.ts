import { describe, expect, it } from "vitest";
import { churnInSentences, churnIs, hereIs, lapsedIs, lapsedWhen } from "./churn-in-words.ts";

const silence = { churnDays: 30, leadDays: 0 };
const unregister = { churnDays: 60, leadDays: 0, action: "unregister" };
const both = { ...unregister, returnAction: "register" };

describe("what churn is, in words,", () => {
  it("by silence", () => {
    expect(lapsedWhen(silence)).toBe("after 30 days without an action");
    expect(lapsedWhen({ ...silence, churnDays: 1 })).toBe("after 1 day without an action");
    expect(lapsedIs(silence)).toBe("no action for 30 days");
    expect(churnIs({ ...silence, leadDays: 7 })).toBe("no action for 30 days, beginning 7 days after the snapshot");
    expect(hereIs(silence)).toBe("with an action in the 30 days before");
  });

  it("by an action", () => {
    expect(lapsedWhen(unregister)).toBe("once they did “unregister”");
    expect(lapsedWhen(both)).toBe("once they did “unregister”, until they do “register”");
    expect(lapsedIs(unregister)).toBe("“unregister” done");
    expect(churnIs(unregister)).toBe("“unregister” within 60 days");
    expect(hereIs(unregister)).toBe("seen, and without “unregister”, before");
    expect(hereIs(both)).toBe("seen, and without “unregister” since the last “register”, before");
  });
});

describe("when a user has left, in sentences for a report,", () => {
  it("is told by silence, with the lead only where there is one", () => {
    expect(churnInSentences(silence)).toBe(
      "A user has left who does nothing at all for 30 days after the snapshot. All of this is about users who were still here at the snapshot: those who did something in the 30 days before it. The others had left already, and are neither learned from nor counted.",
    );
    expect(churnInSentences({ ...silence, leadDays: 1 })).toContain("The 1 day right after the snapshot");
  });

  it("is told by the action, which alone decides", () => {
    expect(churnInSentences(unregister)).toBe(
      "A user leaves by “unregister”, within 60 days after the snapshot. All of this is about users who were still here at the snapshot: those seen before it who had not done “unregister”, whether or not they did something lately. The others had left already, and are neither learned from nor counted.",
    );
    expect(churnInSentences(both)).toContain("had not done “unregister” since they last did “register”, whether");
  });

  it("names what the business does", () => {
    expect(churnInSentences({ ...silence, passive: ["email_*", "push_*"] })).toContain(
      "What the business does (email_*, push_*) counts neither as doing something nor as staying.",
    );
  });
});
