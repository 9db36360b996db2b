/**
 * Stops this process, as SIGTERM would, once its parent has ended. npm starts a command through a shell; when npm is
 * stopped it ends the shell, which does not pass the signal on, and the command would keep running and hold port and store.
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
