import * as z from "zod";
import type { Dataset } from "../features/dataset.ts";
import { judgeRows, segmentQualitySchema } from "./judge-rows.ts";
import { bandOf, type Segmentation, segmentationSchema } from "./segmentation.ts";

/** How good a model is in each segment: in each of several ways to divide the test rows, by band. */
export const segmentsSchema = z.array(segmentationSchema.extend({ bands: z.array(segmentQualitySchema) }));

export type Segments = z.infer<typeof segmentsSchema>;

export interface SegmentTask {
  readonly segmentations: readonly Segmentation[];
  readonly test: Dataset;
  /** What the model predicts of the test rows, and what the champion does, if there is one. */
  readonly probabilities: ArrayLike<number>;
  readonly champion: ArrayLike<number> | undefined;
  /** What the days since the last action alone say of them. */
  readonly recency: ArrayLike<number>;
  /** The probability from which a user is at risk. */
  readonly threshold: number;
}

/** Judges the test rows by segment. */
export function judgeSegments(task: SegmentTask): Segments {
  const { segmentations, test, probabilities, champion, recency, threshold } = task;
  return segmentations.map((segmentation) => {
    const column = test.names.indexOf(segmentation.feature);
    const bands = Array.from({ length: test.rows }, (_, row) =>
      bandOf(segmentation, test.x[row * test.names.length + column] ?? 0),
    );
    return {
      ...segmentation,
      edges: [...segmentation.edges],
      words: [...segmentation.words],
      bands: segmentation.words.map((_, band) => {
        const rows = bands.flatMap((one, row) => (one === band ? [row] : []));
        const of = (values: ArrayLike<number>) => rows.map((row) => values[row] ?? 0);
        return judgeRows(
          {
            y: of(test.y),
            p: of(probabilities),
            users: rows.map((row) => test.users[row] ?? ""),
            other: champion && of(champion),
            recency: of(recency),
          },
          threshold,
        );
      }),
    };
  });
}
