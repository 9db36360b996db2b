import { runJob } from "#runtime/run-job.ts";
import { connectStores } from "#stores/store-connections.ts";
import { train } from "./definition.ts";

/** Training as a Job, for logs that take longer than a request may last. */
export const main = (): Promise<void> => runJob(train, connectStores);
