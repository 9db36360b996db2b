/** Runs what an image runs of a function, from its source: `run-function.ts functions/NAME/main.ts`. */
const { main } = await import(new URL(`../../../${process.argv[2]}`, import.meta.url).href);
await main();
