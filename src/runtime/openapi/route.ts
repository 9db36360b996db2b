import * as z from "zod";
import lapse from "../../../package.json" with { type: "json" };
import { type HttpResponse, json } from "../http.ts";
import { getRoute, noParameters, type Route } from "../route.ts";
import type { Served } from "../targets.ts";
import { type OpenApi, openApi } from "./document.ts";

/** Describes every route of a process, as this version of lapse. */
export function describeServed(served: readonly Served[]): OpenApi {
  const { name, version, description } = lapse;
  return openApi(served, { title: name, version, description });
}

/**
 * GET /openapi.json. It holds nothing of users, so anyone may read it; as anyone may, it is made once, by the first request.
 */
export function openApiRoute(describe: () => OpenApi): Route {
  let response: HttpResponse | undefined;
  return getRoute({
    path: "/openapi.json",
    access: "open",
    summary: "This API as OpenAPI 3.1",
    parameters: noParameters,
    responses: { 200: z.looseObject({ openapi: z.string() }) },
    handle: async () => {
      response ??= json(200, describe());
      return response;
    },
  });
}

/** The routes of one function with that of their description, which describes itself too. */
export function withOpenApi({ routes, ...served }: Served): Served {
  const all: readonly Route[] = [...routes, openApiRoute(() => describeServed([{ ...served, routes: all }]))];
  return { ...served, routes: all };
}
