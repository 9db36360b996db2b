import { InvalidInput } from "#churn/failure.ts";

/** A file without a single line: among others it is left out, as the empty parts are that some programs write. */
export class EmptyFile extends InvalidInput {}
