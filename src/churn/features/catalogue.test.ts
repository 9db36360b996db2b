import { expect, it } from "vitest";
import { parseFeature } from "./catalogue.ts";
import { count } from "./kinds/actions.ts";

it("a name is parsed as it is written, and nothing else is", () => {
  expect(parseFeature(count.nameOf({ action: "log {days} in_3d", days: 30 }))).toMatchObject({
    name: "count_log {days} in_3d_30d",
    group: "action log {days} in_3d",
  });
  for (const name of ["", "actions", "actions_d", "actions_030d", "actions_30d ", "count__30d", "days_since_lastly"])
    expect(parseFeature(name), name).toBeUndefined();
});
