// For `node --expose-gc --import`: at SIGUSR2 collects all garbage and prints what is left, in bytes, as `memory BYTES`.
process.on("SIGUSR2", () => {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  console.log(`memory ${heapUsed + external}`);
});
