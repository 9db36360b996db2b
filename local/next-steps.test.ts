import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { nextSteps } from "./next-steps.ts";

describe("the lines to paste", () => {
  it.each(["ana", "o'neil", 'a "quoted" $HOME `name`', "a\\b"])("hand a shell the user %s as it is", (userId) => {
    for (const { command } of nextSteps("http://localhost:8080", userId)) {
      const script = command.replace(/^curl/, `node -e 'console.log(JSON.stringify(process.argv.slice(1)))' --`);
      const words = JSON.parse(execFileSync("sh", ["-c", script], { encoding: "utf8" }));
      expect(words.find((word: string) => word.startsWith("http://localhost:8080/"))).toBeDefined();
      if (!words.includes("-d")) continue;
      const body = JSON.parse(words.at(-1));
      expect(body.user_id ?? body.instances[0].user_id).toBe(userId);
      if (body.timestamp !== undefined) expect(Date.parse(body.timestamp)).not.toBeNaN();
    }
  });
});
