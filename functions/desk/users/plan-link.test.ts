import { describe, expect, it } from "vitest";
import { planForm, filterOf as planned } from "../campaigns/plan/form.ts";
import { chosenUsers } from "./parameters.ts";
import { planLink } from "./plan-link.ts";

const linked = (query: Record<string, string>) => planLink(chosenUsers.parse(query));

describe("planLink", () => {
  it("asks the plan for the same users", () => {
    const link = linked({
      ...{ state: "at_risk", min_probability: "0.07", max_probability: "0.9", reason: "action log in" },
      ...{ min_value: "12.5", max_silence: "20", min_tenure: "30", sort: "value" },
    });
    const query = new URL(link ?? "", "http://desk").searchParams;
    expect(planned(planForm.parse(Object.fromEntries(query)))).toEqual({
      ...{ state: "at-risk", minProbability: 0.07, maxProbability: 0.9, reason: "action log in" },
      ...{ minValue: 12.5, maxSilence: 20, minTenure: 30 },
    });
  });

  it("leads nowhere where the plan cannot ask for the same users", () => {
    for (const query of [
      {},
      { state: "lapsed" },
      { state: "here", moved: "entered" },
      { state: "here", id: "user-1" },
      { state: "here", min_value: "-5" },
      { state: "here", min_probability: "0.123456" },
    ])
      expect(linked(query), JSON.stringify(query)).toBeUndefined();
    expect(linked({ state: "here" })).toBe("/campaigns/new?state=here");
  });
});
