// Asks URL/healthz every 50 ms and prints each time that is the longest so far, in milliseconds: `watch-health.mjs URL`. A
// process of its own, because a test that sends a lot is itself too busy to measure.
let slowest = 0;
for (;;) {
  const began = performance.now();
  const response = await fetch(`${process.argv[2]}/healthz`, { signal: AbortSignal.timeout(20_000) });
  await response.arrayBuffer();
  const took = response.ok ? performance.now() - began : Number.POSITIVE_INFINITY;
  if (took > slowest) console.log(`slowest ${took}`);
  slowest = Math.max(slowest, took);
  await new Promise((resolve) => setTimeout(resolve, 50));
}
