import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import * as z from "zod";
import { freePort } from "../support/free-port.ts";
import { RunningProgram } from "../support/running-program.ts";

/** A span as the collector received it. */
export interface ReceivedSpan {
  /** The attribute `service.name` of its resource. */
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const attributeSchema = z
  .object({ key: z.string(), value: z.record(z.string(), z.unknown()) })
  .transform(({ key, value }) => [key, Object.values(value)[0]] as const);
const attributesSchema = z
  .array(attributeSchema)
  .default([])
  .transform(Object.fromEntries<unknown>);

const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().default(""),
  name: z.string(),
  attributes: attributesSchema,
});
/** A line of the collector's file: OTLP's ExportTraceServiceRequest as JSON. */
const exportSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: attributesSchema }),
      scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })),
    }),
  ),
});

/** A real OpenTelemetry collector, which keeps what it receives in a file. */
export class Collector {
  /** What OTEL_EXPORTER_OTLP_ENDPOINT is to say. */
  readonly url: string;
  readonly #program: RunningProgram;
  readonly #file: string;

  private constructor(program: RunningProgram, url: string, file: string) {
    this.#program = program;
    this.url = url;
    this.#file = file;
  }

  /**
   * Starts the program `binary`, which has the file exporter of the contrib distribution, in `folder`. It listens at `endpoint`, by
   * default at some port of this machine alone.
   */
  static async start(binary: string, folder: string, endpoint?: string): Promise<Collector> {
    const address = endpoint ?? `127.0.0.1:${await freePort()}`;
    const file = join(folder, "received.jsonl");
    const config = {
      receivers: { otlp: { protocols: { http: { endpoint: address } } } },
      exporters: { file: { path: file, flush_interval: "100ms" } },
      service: {
        telemetry: { metrics: { level: "none" } },
        pipelines: { traces: { receivers: ["otlp"], exporters: ["file"] } },
      },
    };
    await writeFile(join(folder, "collector.yaml"), stringify(config));
    const program = new RunningProgram(binary, [`--config=${join(folder, "collector.yaml")}`]);
    await program.says(/(Everything is ready)/);
    return new Collector(program, `http://${address}`, file);
  }

  /** Ends it, and returns all that it received. */
  async received(): Promise<readonly ReceivedSpan[]> {
    await this.stop();
    return this.receivedSoFar();
  }

  /** What is in its file already, which it writes ten times a second. */
  async receivedSoFar(): Promise<readonly ReceivedSpan[]> {
    // What follows the last line end is still being written.
    const lines = (await readFile(this.#file, "utf8")).split("\n").slice(0, -1);
    return lines.flatMap((line) =>
      exportSchema.parse(JSON.parse(line)).resourceSpans.flatMap(({ resource, scopeSpans }) => {
        const service = String(resource.attributes["service.name"]);
        return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ service, ...span })));
      }),
    );
  }

  async stop(): Promise<void> {
    await this.#program.end();
  }
}

/** The spans of a trace, each as its service and the names from the root to it. */
export function pathsOf(traceId: string, spans: readonly ReceivedSpan[]): string[] {
  const own = spans.filter((span) => span.traceId === traceId);
  const byId = new Map(own.map((span) => [span.spanId, span]));
  const pathOf = (span: ReceivedSpan): string => {
    const parent = byId.get(span.parentSpanId);
    const here = span.service === parent?.service ? span.name : `[${span.service}] ${span.name}`;
    return parent === undefined ? here : `${pathOf(parent)} > ${here}`;
  };
  return own.map(pathOf);
}
