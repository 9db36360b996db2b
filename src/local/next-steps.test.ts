import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { parseDay } from "#churn/day.ts";
import { nextSteps, stepsOf } from "./next-steps.ts";

const url = "http://localhost:8080";
const open = { isKeyNeeded: false };

describe("the lines to paste", () => {
  it.each(["ana", "o'neil", 'a "quoted" $HOME `name`', "a\\b"])("hand a shell the user %s as it is", (userId) => {
    const steps = nextSteps(url, { userId, action: `it's "bought"`, endedOn: undefined }, open);
    for (const { command } of steps) {
      const script = command.replace(/^curl/, `node -e 'console.log(JSON.stringify(process.argv.slice(1)))' --`);
      const words = JSON.parse(execFileSync("sh", ["-c", script], { encoding: "utf8" }));
      expect(words.find((word: string) => word.startsWith("http://localhost:8080/"))).toBeDefined();
      const body = JSON.parse(words.at(-1));
      if (Object.keys(body).length === 0) continue;
      expect(body.user_id ?? body.instances[0].user_id).toBe(userId);
      if (body.timestamp !== undefined) expect(Date.parse(body.timestamp)).not.toBeNaN();
    }
  });

  it("send an action of today to a log that goes on, and one of its last day to a log that ended", () => {
    const last = parseDay("1998-06-30") ?? 0;
    const extent = { actions: 9, users: 3, firstDay: last - 90, lastDay: last };
    const sent = (today: number) =>
      nextSteps(url, stepsOf("ana", undefined, extent, today), open).find(({ what }) => what === "Send an action")
        ?.command;
    expect(sent(last + 1)).toContain("date -u");
    expect(sent(last + 2)).toContain('"timestamp":"1998-06-30T12:00:00Z"');
  });

  it("use an action that the log knows", () => {
    const steps = nextSteps(url, stepsOf("ana", "purchase", undefined, 10_000), open);
    expect(steps.find(({ what }) => what === "Send an action")?.command).toContain('"action":"purchase"');
    expect(nextSteps(url, stepsOf(undefined, undefined, undefined, 0), open)[0]?.command).toContain("ana");
  });

  it("show the key of the environment where one is asked for", () => {
    const of = stepsOf("ana", "login", undefined, 0);
    const shows = "authorization: Bearer $LAPSE_API_KEY";
    for (const { command } of nextSteps(url, of, { isKeyNeeded: true })) expect(command).toContain(shows);
    for (const { command } of nextSteps(url, of, open)) expect(command).not.toContain("authorization");
  });
});
