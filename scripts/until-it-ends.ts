/**
 * Has the process fail, with the status that Node has for it at the top of a module, where it ends although `work` has not: what that waits
 * for is then kept alive by nothing, and will never come. Rejects as `work` does.
 */
export async function untilItEnds(
  work: Promise<void>,
  process: Pick<NodeJS.Process, "once" | "off" | "exitCode">,
): Promise<void> {
  // Not set before: an error that nobody catches would then end the process with it as well.
  const unsettled = () => {
    process.exitCode = 13;
    console.error("lapse ended before its work was done: nothing was left that it could wait for.");
  };
  process.once("beforeExit", unsettled);
  try {
    await work;
  } finally {
    process.off("beforeExit", unsettled);
  }
}
