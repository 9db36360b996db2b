import type { AppendOutcome } from "./action-store.ts";

// One object for all actions that it became of: millions of them may be appended.
export const created: AppendOutcome = { status: "created" };
export const duplicate: AppendOutcome = { status: "duplicate" };
/** It has the id of a stored action, and other content. */
export const contradiction: AppendOutcome = { status: "duplicate", differs: true };
