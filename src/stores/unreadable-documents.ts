/** Documents or rows of a store that lapse could not read, and that it left out because one of them must not stop a run for all others. */
export interface UnreadableDocuments {
  /** What they were read for, such as "read features". */
  readonly purpose: string;
  readonly documents: number;
  /** The first of them, each as `INDEX/ID` or `TABLE/KEY`; the id of a user's document is a hash. */
  readonly named: readonly string[];
  /** What is wrong with the very first, without its values. */
  readonly problem: string;
}

/** Asks to be told what one reading has left out. */
export interface LeftOutListener {
  /** Called with how many more, before the reading ends; never if there are none. */
  readonly onLeftOut?: ((documents: number) => void) | undefined;
}

/** Documents that are named together. */
export const mostNamedDocuments = 10;
