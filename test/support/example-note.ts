import type { MoveNote } from "#stores/models/model-store.ts";

/** For moves of aliases whose author and reason do not matter. */
export const exampleNote: MoveNote = { by: "ana", reason: "a test moves it" };
