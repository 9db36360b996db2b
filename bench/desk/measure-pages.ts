import * as z from "zod";
import { type Timed, timed } from "./timed.ts";

/** What the first page may take. */
const mostMilliseconds = 100;

/**
 * Prints how long the first page of each filter in each order takes, of the API and as a browser gets it: the fastest and the
 * median of several, and the processor time of the desk, process `pid`, in which the embedded store runs too. That is what a
 * busy machine leaves comparable: an idle one takes no longer.
 */
export async function measurePages(
  url: string,
  pid: number,
  filters: readonly string[],
  orders: readonly string[],
): Promise<void> {
  console.log("\nfilter | order | API: fastest, median, processor | next page | page for people (milliseconds)");
  let over = 0;
  for (const filter of filters)
    for (const order of orders) {
      const query = `${filter}${filter === "" ? "" : "&"}sort=${order}`;
      const first = await timed(`${url}/v1/users?${query}&limit=50`, pid);
      const { next } = pageSchema.parse(JSON.parse(first.body));
      const further =
        next === undefined ? undefined : await timed(`${url}/v1/users?${query}&limit=50&cursor=${next}`, pid);
      const page = await timed(`${url}/users?${query}`, pid);
      if (Math.max(first.fastest, page.fastest) > mostMilliseconds) over += 1;
      const shown = (one: Timed | undefined) =>
        one === undefined ? "–" : [one.fastest, one.median, one.processor].map((ms) => ms.toFixed(0)).join(", ");
      console.log(`${filter || "all"} | ${order} | ${shown(first)} | ${shown(further)} | ${shown(page)}`);
    }
  console.log(`${over} of ${filters.length * orders.length} take more than ${mostMilliseconds} ms at their fastest.`);
}

const pageSchema = z.object({ next: z.string().optional() });
