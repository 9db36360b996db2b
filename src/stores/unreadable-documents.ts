/** Documents or rows of a store that lapse could not read, and that it left out because one of them must not stop a run for all others. */
export interface UnreadableDocuments {
  /** What they were read for, such as "read features". */
  readonly purpose: string;
  readonly documents: number;
  /** The first of them. */
  readonly named: readonly UnreadableName[];
  /** What is wrong with the very first, without its values. */
  readonly problem: string;
}

/** Which document, row or line it is. */
export interface UnreadableName {
  /** The index, table or file that it is in. */
  readonly place: string;
  /** Which one there, but for whose it is; undefined where there is one of each user. */
  readonly key?: string | undefined;
  /** Whose it is, apart from the rest, because logs name users in a field of their own. */
  readonly userId?: string | undefined;
}

/** For a person to find it by. */
export function unreadableName({ place, key, userId }: UnreadableName): string {
  return [place, key, userId].filter((part) => part !== undefined).join("/");
}

/** Asks to be told what one reading has left out. */
export interface LeftOutListener {
  /** Called with how many more, before the reading ends; never if there are none. */
  readonly onLeftOut?: ((documents: number) => void) | undefined;
}

/** Documents that are named together. */
export const mostNamedDocuments = 10;
