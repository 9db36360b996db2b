import { days } from "../../number-words.ts";
import { featureKind } from "../feature.ts";
import { typically } from "../telling.ts";
import { activeDaysEver } from "./rhythm.ts";

/** Days since the first action. */
export const tenure = featureKind({
  name: "days_since_first",
  group: "tenure",
  scale: "calendar",
  under: () => [{}],
  measure: (past) => () => past.tenure,
  description: () => "days since the first action",
  tell: (telling) =>
    activeDaysEver(telling) === 0 ? undefined : `first action ${days(telling.value)} ago ${typically(telling)}`,
});
