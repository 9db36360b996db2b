/** A file as DuckDB can read it, as often as needed. */
export interface Source {
  /** As it was named on the command line. */
  readonly path: string;
  /** Its content: the file itself, or a copy of it that is decompressed or in UTF-8. */
  readonly file: string;
  readonly kind: "text" | "parquet";
  /** How `file` is compressed, if at all. */
  readonly compression: "none" | "zstd";
  /** What a user should know of how it is read, in sentences. */
  readonly notes: readonly string[];
}
