/** Runs `work`, and answers the most memory that the process had meanwhile, in MB. */
export async function withPeakMemory(work: () => Promise<unknown>): Promise<number> {
  let peak = process.memoryUsage.rss();
  const sampler = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  try {
    await work();
  } finally {
    clearInterval(sampler);
  }
  return peak / 2 ** 20;
}
