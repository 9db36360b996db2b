import { changes } from "#functions/changes/definition.ts";
import { deadLetters } from "#functions/dead-letters/definition.ts";
import { desk } from "#functions/desk/definition.ts";
import { features } from "#functions/features/definition.ts";
import { ingest } from "#functions/ingest/definition.ts";
import { monitor } from "#functions/monitor/definition.ts";
import { predict } from "#functions/predict/definition.ts";
import { score } from "#functions/score/definition.ts";
import { train } from "#functions/train/definition.ts";
import { webhook } from "#functions/webhook/definition.ts";
import type { FunctionDefinition } from "#runtime/function-definition.ts";
import type { StoreOpener } from "#stores/store-opener.ts";

/** Every function of lapse. */
export const functions: readonly FunctionDefinition<StoreOpener>[] = [
  ingest,
  features,
  train,
  score,
  monitor,
  changes,
  webhook,
  deadLetters,
  predict,
  desk,
];
