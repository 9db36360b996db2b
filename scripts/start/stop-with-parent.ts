/**
 * Ends this process as SIGTERM would once the one that started it is gone. npm starts a command through a shell; told to
 * end, it ends the shell, which passes nothing on, and the command would go on unseen and hold port and store.
 */
export function stopWithParent(process: NodeJS.Process): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, 500);
  timer.unref();
}
