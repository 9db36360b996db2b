export interface Page<Item, Key> {
  readonly items: readonly Item[];
  /** What the next page begins after; undefined on the last one. */
  readonly next: Key | undefined;
}

/** Streams pages; one is fetched while the one before it is read, so that two are in memory at most. */
export async function* readPages<Item, Key>(
  fetch: (after: Key | undefined) => Promise<Page<Item, Key>>,
): AsyncGenerator<readonly Item[]> {
  let upcoming: Promise<Page<Item, Key>> | undefined = fetch(undefined);
  while (upcoming !== undefined) {
    const page: Page<Item, Key> = await upcoming;
    upcoming = page.next === undefined ? undefined : fetch(page.next);
    // A failure is thrown where it is awaited, even if the reader leaves before.
    upcoming?.catch(() => undefined);
    if (page.items.length > 0) yield page.items;
  }
}
