/** Told before each part of a long work how many of them are done. */
export type Progress = (done: number, total: number) => void;
