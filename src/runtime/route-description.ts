import * as z from "zod";

/** What people and tools are told of a route, in the OpenAPI description. */
export interface RouteDescription {
  /** One line. */
  readonly summary: string;
  readonly description?: string | undefined;
  /** The parts of the path that vary, and the parameters of the query. */
  readonly parameters?: z.ZodType | undefined;
  /** What a body may be, by media type; undefined where none is read. */
  readonly body?: Readonly<Record<string, z.ZodType>> | undefined;
  /** What a request that goes well is answered with, by status. */
  readonly responses: Responses;
  /** When a right request is refused with 409; never by default. */
  readonly conflict?: string | undefined;
}

/** By status: the schema of a JSON body, or what else the response is. */
export type Responses = Readonly<Record<number, z.ZodType | DescribedResponse>>;

export interface DescribedResponse {
  readonly description: string;
  /** By media type; absent for a response without a body. */
  readonly content?: Readonly<Record<string, z.ZodType>> | undefined;
}

/** A response of one media type other than JSON, such as a page. */
export function text(mediaType: string, description: string): DescribedResponse {
  return { description, content: { [mediaType]: z.string() } };
}

/** A response without a body. */
export function noBody(description: string): DescribedResponse {
  return { description };
}

/**
 * The schema `checks` with `shows` to be described in its place: where a hot path looks at values by hand, its schema says
 * no more than that there is an array.
 */
export function shownAs<Schema extends z.ZodType>(checks: Schema, shows: z.ZodType): Schema {
  return checks.meta({ [shownMember]: shows });
}

/** Of a schema's metadata. */
export const shownMember = "shownAs";
