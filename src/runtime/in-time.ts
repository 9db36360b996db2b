/** What `work` comes to. Throws what `late` makes if that takes longer than some milliseconds. */
export async function inTime<T>(milliseconds: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  try {
    // What comes later is of no use, and no failure of its own.
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
