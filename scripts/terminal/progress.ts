import { SingleBar } from "cli-progress";

/** The progress of one long step. */
export interface Step {
  /** How much of the whole is done; `detail` is shown beside the bar. */
  update(done: number, total: number | undefined, detail?: string): void;
  /** Ends the step with its result. */
  end(summary: string): void;
  /** Ends the step without a result. */
  abort(): void;
}

/** Begins a step: a bar on a terminal, and one line at its end anywhere else. Seconds are counted from here. */
export function beginStep(label: string, output: NodeJS.WriteStream = process.stdout): Step {
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  const line = (summary: string) => output.write(`  ${label.padEnd(10)}${summary} (${seconds()})\n`);
  if (!output.isTTY) return { update: () => undefined, end: line, abort: () => undefined };

  const bar = new SingleBar({
    stream: output,
    format: `  ${label.padEnd(10)}{bar} {percentage} %  {detail}`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(1, 0, { detail: "" });
  return {
    update(done, total, detail = "") {
      bar.setTotal(Math.max(1, total ?? done * 2));
      bar.update(Math.min(done, total ?? done), { detail });
    },
    end(summary) {
      bar.stop();
      line(summary);
    },
    abort: () => bar.stop(),
  };
}
