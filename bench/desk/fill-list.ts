import type { UserList } from "#stores/users/user-list.ts";
import { madeUpUser } from "./made-up-user.ts";

const chunkSize = 20_000;

/** Fills the list with this many users, where it has fewer; a fill that was cut off is continued. */
export async function fillList(list: UserList, users: number): Promise<void> {
  const { here, lapsed } = await list.totals({});
  const there = here + lapsed;
  if (there >= users) return;
  for (let from = there - (there % chunkSize); from < users; from += chunkSize) {
    const size = Math.min(chunkSize, users - from);
    await list.put(
      Array.from({ length: size }, (_, i) => madeUpUser(from + i)),
      1,
    );
    console.log(`filled ${(from + size).toLocaleString("en")}`);
  }
  await list.prune(1);
}
