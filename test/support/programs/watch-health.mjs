// Asks URL/healthz every 50 ms and prints how many milliseconds each answer took, Infinity where it was not 200:
// `watch-health.mjs URL`. A process of its own, because a test that sends a lot is itself too busy to measure.
for (;;) {
  const began = performance.now();
  const response = await fetch(`${process.argv[2]}/healthz`, { signal: AbortSignal.timeout(20_000) });
  await response.arrayBuffer();
  console.log(response.ok ? performance.now() - began : Number.POSITIVE_INFINITY);
  await new Promise((resolve) => setTimeout(resolve, 50));
}
