import { api } from "./api.ts";
import { knative } from "./knative.ts";
import { model } from "./model.ts";
import { overview } from "./overview.ts";
import type { Dashboard } from "./panel.ts";
import { pipeline } from "./pipeline.ts";

/** Every dashboard. */
export const dashboards: readonly Dashboard[] = [overview, api, model, pipeline, knative];
