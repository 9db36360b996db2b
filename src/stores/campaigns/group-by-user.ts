/** Items by their user, in their order. */
export function groupByUser<Item extends { readonly userId: string }>(items: Iterable<Item>): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(item.userId);
    if (group === undefined) groups.set(item.userId, [item]);
    else group.push(item);
  }
  return groups;
}
