import { basename } from "node:path";
import { InvalidInput } from "#churn/failure.ts";
import { type ByteSource, openBytes } from "./bytes.ts";
import { type Columns, chooseColumns, describeColumns, numbersOf, type Sample } from "./columns.ts";
import { DelimitedReader } from "./delimited.ts";
import { ItemCollector } from "./item-collector.ts";
import { detectLayout, type Layout } from "./layout.ts";
import { batchSize, type Log, type LogBatch } from "./log.ts";
import { NdjsonReader, pathsIn } from "./ndjson.ts";
import type { LogOptions } from "./options.ts";
import { Rejections } from "./rejections.ts";
import type { RowReader, RowSink } from "./row-reader.ts";
import { textBlocks } from "./text.ts";
import { type TimeParser, timeParser } from "./time.ts";

/**
 * Opens a log file (CSV, TSV, or with semicolons, bars or blanks between; or NDJSON; plain or gzip) and settles how to
 * read it from its first lines. Its batches stream in flat memory. Throws NotFound or InvalidInput, with a message for
 * the user, for what cannot be read as a log: here as far as the first lines tell, else from `batches`.
 */
export async function readLog(path: string, options: LogOptions = {}): Promise<Log> {
  const parseTime = timeParser(options.timeFormat, options.timezone);
  const source = await openBytes(path);
  const blocks = textBlocks(source, path);
  try {
    const first = await blocks.next();
    if (first.done) throw new InvalidInput(`Cannot read ${path}: the file is empty.`);
    const plan = planFor(first.value, path, options, parseTime);
    const rejections = new Rejections();
    const collector = new ItemCollector({ ...plan, actionName: options.actionName, parseTime, rejections });
    return {
      name: basename(path),
      columns: plan.description,
      unit: "bytes",
      total: source.total,
      batches: readBatches({ path, first: first.value, blocks, source, plan, collector, rejections }),
      rejections,
    };
  } catch (error) {
    await blocks.return(undefined);
    throw error;
  }
}

interface Plan {
  readonly reader: RowReader;
  readonly columns: Columns;
  readonly width: number;
  readonly hasHeader: boolean;
  readonly parseNumber: (text: string) => number;
  readonly description: string;
}

function planFor(text: string, path: string, options: LogOptions, parseTime: TimeParser): Plan {
  const layout = detectLayout(text, path);
  const sample = sampleOf(text, layout, options);
  const columns = chooseColumns(sample, options, parseTime);
  const description = describeColumns(columns, sample, options);
  const parseNumber = numbersOf(sample, columns.value).parse;
  if (layout.kind === "delimited") {
    const width = sample.names?.length ?? sample.rows[0]?.length ?? 0;
    const hasHeader = sample.names !== undefined;
    return { reader: new DelimitedReader(layout.delimiter), columns, width, hasHeader, parseNumber, description };
  }
  const used = [columns.user, columns.time, columns.action, columns.value, columns.id].filter((at) => at !== undefined);
  const position = (column: number | undefined) => (column === undefined ? undefined : used.indexOf(column));
  return {
    reader: new NdjsonReader(used.map((column) => sample.names?.[column] ?? "")),
    columns: {
      user: used.indexOf(columns.user),
      time: used.indexOf(columns.time),
      action: position(columns.action),
      value: position(columns.value),
      id: position(columns.id),
    },
    width: used.length,
    hasHeader: false,
    parseNumber,
    description,
  };
}

/** Characters from the start of a log by which its columns are guessed. */
const sampleLength = 64 * 1024;

function sampleOf(text: string, layout: Layout, options: LogOptions): Sample {
  const end = text.length > sampleLength ? text.lastIndexOf("\n", sampleLength) + 1 : text.length;
  const start = text.slice(0, end || text.length);
  if (layout.kind === "delimited") {
    const { delimiter } = layout;
    const [first, ...others] = rowsOf(new DelimitedReader(delimiter), start);
    if (first === undefined || options.noHeader)
      return { names: undefined, rows: first ? [first, ...others] : [], delimiter };
    const names = first.map((name) => name.trim());
    return { names, rows: others.filter((row) => row.length === first.length), delimiter };
  }
  // A column that an option names need not occur in the first lines.
  const given = [options.user, options.time, options.action, options.value, options.id];
  const named = given.filter((name) => name !== undefined).filter((name) => !/^\d+$/.test(name));
  const names = [...new Set([...pathsIn(start.split("\n")), ...named])];
  return { names, rows: rowsOf(new NdjsonReader(names), start) };
}

function rowsOf(reader: RowReader, text: string): (readonly string[])[] {
  const rows: (readonly string[])[] = [];
  const sink: RowSink = { row: (fields) => rows.push(fields), bad() {} };
  reader.read(text, sink);
  reader.finish(sink);
  return rows;
}

interface Reading {
  readonly path: string;
  readonly first: string;
  readonly blocks: AsyncGenerator<string>;
  readonly source: ByteSource;
  readonly plan: Plan;
  readonly collector: ItemCollector;
  readonly rejections: Rejections;
}

async function* readBatches(reading: Reading): AsyncGenerator<LogBatch> {
  const { path, first, blocks, source, plan, collector, rejections } = reading;
  const sink = plan.hasHeader ? afterHeader(collector) : collector;
  let made = 0;
  function* batches(least: number): Generator<LogBatch> {
    while (collector.size >= least && collector.size > 0) {
      const { items, lines } = collector.take(batchSize);
      made += items.length;
      yield { items, place: (index) => `line ${lines[index]}`, read: source.read() };
    }
  }
  plan.reader.read(first, sink);
  yield* batches(batchSize);
  for await (const text of blocks) {
    plan.reader.read(text, sink);
    yield* batches(batchSize);
  }
  plan.reader.finish(sink);
  yield* batches(1);
  if (made > 0) return;
  if (rejections.count === 0) throw new InvalidInput(`${path} holds no rows, only a header.`);
  throw new InvalidInput(
    `No row of ${path} can be used: ${rejections.count.toLocaleString("en")} were rejected.\n${rejections.describe()}`,
  );
}

function afterHeader(collector: ItemCollector): RowSink {
  let seen = false;
  return {
    row(fields, line) {
      if (seen) collector.row(fields, line);
      seen = true;
    },
    bad: (line, reason) => collector.bad(line, reason),
  };
}
