/** How many rejected rows are kept to be shown; the others are only counted. */
const kept = 5;
const mostReasons = 100;

export interface Rejection {
  /** `line 12`, `commit 1a2b3c4d5e6f`. */
  readonly place: string;
  readonly reason: string;
}

/** Counts rejected rows and remembers the first few. */
export class Rejections {
  readonly first: Rejection[] = [];
  /** How many there are of each reason; of very many reasons, those that came first. */
  readonly byReason = new Map<string, number>();
  count = 0;

  add(place: string, reason: string): void {
    this.count += 1;
    if (this.byReason.has(reason) || this.byReason.size < mostReasons)
      this.byReason.set(reason, (this.byReason.get(reason) ?? 0) + 1);
    if (this.first.length < kept) this.first.push({ place, reason });
  }

  /** Counts rows of which the places are not known. */
  countAll(reason: string, count: number): void {
    if (count === 0) return;
    this.count += count;
    this.byReason.set(reason, (this.byReason.get(reason) ?? 0) + count);
  }

  /** The first few, one to a line, and how many more there are; empty when nothing was rejected. */
  describe(): string {
    const more = this.count - this.first.length;
    const lines = this.first.map(({ place, reason }) => `  ${place}: ${reason}`);
    if (more > 0) lines.push(`  and ${more.toLocaleString("en")} more`);
    return lines.join("\n");
  }
}
