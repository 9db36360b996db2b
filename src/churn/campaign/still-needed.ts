import { leastSeen } from "../statistics/any-time.ts";
import type { ArmSizes } from "./campaign.ts";

/** How many more users each arm needs before anything is told of its outcome. */
export function stillNeeded({ treatment, control }: ArmSizes): ArmSizes {
  return { treatment: Math.max(0, leastSeen - treatment), control: Math.max(0, leastSeen - control) };
}
