import type { HomeStores } from "./list-home.ts";
import { madeUpUser } from "./made-up-user.ts";

const chunkSize = 20_000;

/** Fills the list with this many users, where it has fewer, as if there had been former lists; a fill that was cut off is continued. */
export async function fillList(
  { list, fillFormerScores }: Pick<HomeStores, "list" | "fillFormerScores">,
  users: number,
): Promise<void> {
  const { here, lapsed } = await list.totals({});
  const there = here + lapsed;
  for (let from = there - (there % chunkSize); from < users; from += chunkSize) {
    const size = Math.min(chunkSize, users - from);
    await list.put(
      Array.from({ length: size }, (_, i) => madeUpUser(from + i)),
      1,
    );
    console.log(`filled ${(from + size).toLocaleString("en")}`);
  }
  const [first] = (await list.page({ filter: {}, order: "user_id", limit: 1, withFormerScores: true })).users;
  if ((first?.formerScores ?? []).length === 0) await fillFormerScores(users);
  await list.prune(1);
}
