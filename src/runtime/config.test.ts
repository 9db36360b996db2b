import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ConfigFault, parseConfig } from "./config.ts";
import { churnEnvironment, churnSettings, churnSettingsOf, serverSettings, withChurnRules } from "./settings.ts";

const schema = z.object({ ...serverSettings, ...churnSettings, TOKEN: z.string("is required.") });

describe("parseConfig", () => {
  it("fills in what is not set or empty", () => {
    expect(parseConfig(schema, { TOKEN: "t", PORT: "", LOG_LEVEL: undefined })).toEqual({
      TOKEN: "t",
      PORT: 8080,
      LOG_LEVEL: "info",
      DRAIN_SECONDS: 25,
      CHURN_DAYS: 30,
      LEAD_DAYS: 0,
    });
  });

  it("reads what is set, and leaves the rest of the environment alone", () => {
    const config = parseConfig(schema, { TOKEN: "t", PORT: "0", CHURN_DAYS: "14", LOG_LEVEL: "debug", HOME: "/root" });
    expect(config).toMatchObject({ PORT: 0, CHURN_DAYS: 14, LOG_LEVEL: "debug" });
    expect(config).not.toHaveProperty("HOME");
  });

  it("reports every fault by the name of its variable, and no value", () => {
    const env = { PORT: "s3cret", CHURN_DAYS: "-1", LEAD_DAYS: "1e3", OBSERVE_DAYS: "0", LOG_LEVEL: "s3cret" };
    const parse = () => parseConfig(schema, env);
    expect(parse).toThrow(ConfigFault);
    expect(parse).toThrow(
      [
        "The settings are not usable:",
        "  PORT must be a whole number from 0 to 65535.",
        "  LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent.",
        "  CHURN_DAYS must be a whole number from 1 to 3650.",
        "  LEAD_DAYS must be a whole number from 0 to 3650.",
        "  OBSERVE_DAYS must be a whole number from 1 to 36500.",
        "  TOKEN is required.",
      ].join("\n"),
    );
    expect(parse).not.toThrow(/s3cret/);
  });
});

describe("churnSettingsOf", () => {
  it("leaves it to the log how far features look back, unless told otherwise", () => {
    expect(churnSettingsOf({ CHURN_DAYS: 14, LEAD_DAYS: 3 })).toEqual({
      churnDays: 14,
      leadDays: 3,
    });
    expect(churnSettingsOf({ CHURN_DAYS: 14, LEAD_DAYS: 3, OBSERVE_DAYS: 90 }).observeDays).toBe(90);
  });

  it("has the actions by which users leave and return, and those of the business in one order", () => {
    const set = { CHURN_ACTION: "stop", RETURN_ACTION: "start", PASSIVE_ACTIONS: " push_*, email_*,,push_* " };
    const churn = churnSettingsOf(parseConfig(withChurnRules(z.object(churnSettings)), set));
    const actions = { action: "stop", returnAction: "start", passive: ["email_*", "push_*"] };
    expect(churn).toEqual({ churnDays: 30, leadDays: 0, ...actions });
    expect(churnSettingsOf(parseConfig(z.object(churnSettings), churnEnvironment(churn)))).toEqual(churn);
  });

  it.each([
    [{ RETURN_ACTION: "start" }, "RETURN_ACTION goes with an action by which users leave."],
    [{ CHURN_ACTION: "stop", RETURN_ACTION: "stop" }, "RETURN_ACTION must be another action."],
    [{ CHURN_ACTION: "email_bounced", PASSIVE_ACTIONS: "email_*" }, "CHURN_ACTION is passive."],
  ])("refuses %j", (set, fault) => {
    expect(() => parseConfig(withChurnRules(z.object(churnSettings)), set)).toThrow(fault);
  });
});
