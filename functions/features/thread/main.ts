import type { HistoryColumns } from "#churn/history-columns.ts";
import { answerInThread } from "#runtime/thread/answer-in-thread.ts";
import { buffersOfRows, type RowColumns, rowColumnsOf } from "../row-columns.ts";
import { type RowsTask, rowMaker } from "../row-maker.ts";

answerInThread<RowsTask, HistoryColumns, RowColumns>((task) => {
  const make = rowMaker(task);
  return (histories) => {
    const rows = rowColumnsOf(histories, make, task.populations.length);
    return [rows, buffersOfRows(rows)];
  };
});
