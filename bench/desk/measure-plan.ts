import { timed } from "./timed.ts";

/** Prints how long a plan of whom to contact takes, of all who are here and of those at some risk; `pid` is the desk's process. */
export async function measurePlan(url: string, pid: number): Promise<void> {
  console.log("\nplan | fastest, median, processor (milliseconds)");
  for (const query of ["", "?min_risk=30"]) {
    const { fastest, median, processor } = await timed(`${url}/v1/plan${query}`, pid);
    console.log(`/v1/plan${query} | ${[fastest, median, processor].map((ms) => ms.toFixed(0)).join(", ")}`);
  }
}
