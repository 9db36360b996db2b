import type { Feature } from "../features/feature.ts";
import { type Telling, typically } from "../features/telling.ts";
import { round } from "../number-words.ts";

/** A feature of a model. */
export interface TellableFeature {
  readonly name: string;
  /** What the catalogue knows of it; undefined for a name that it does not give. */
  readonly feature: Feature | undefined;
  /** The median of the users that the model was trained on. */
  readonly typical: number;
}

/**
 * One user's value of a feature beside the typical one: `last action 34 days ago (typically 5)`. Undefined where no
 * sentence about it would be true and mean something; so for a value no different from the typical one.
 */
export function tellValue(telling: Telling & TellableFeature): string | undefined {
  const { name, feature, value, typical } = telling;
  if (round(value) === round(typical)) return undefined;
  return feature === undefined ? `${name} is ${round(value)} ${typically(telling)}` : feature.tell(telling);
}
