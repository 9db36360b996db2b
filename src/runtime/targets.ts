import { type Failure, NotFound } from "#churn/failure.ts";
import { asksForPage } from "./asks-for-page.ts";
import { type HttpResponse, json } from "./http.ts";
import type { Target } from "./responder.ts";
import type { Route } from "./route.ts";

/** The routes of one function, under its name in logs and metrics. */
export interface Served {
  readonly name: string;
  readonly routes: readonly Route[];
  readonly missing?: MissingPage | undefined;
}

/** The page for a browser that asks for a path that nothing is served on. */
export type MissingPage = (error: Failure) => HttpResponse;

/** What is served on one path. */
export interface PathTargets {
  readonly path: string;
  /** By method; HEAD is as GET. */
  readonly byMethod: ReadonlyMap<string, Target>;
  /** For every other method: it names those that the path takes. */
  readonly refusal: Target;
}

/** What a router has to choose from, by path, of all functions that share a server. */
export function targetsOf(served: readonly Served[]): readonly PathTargets[] {
  const paths = new Map<string, Map<string, Target>>();
  for (const { name, routes } of served) {
    for (const { method, path, access, bodyLimit, isSentTogether, isUncounted, early, handle } of routes) {
      const targets = paths.get(path) ?? new Map<string, Target>();
      const target = { name, route: shown(path), access, bodyLimit, isSentTogether, isUncounted, early, handle };
      targets.set(method, target);
      if (method === "GET") targets.set("HEAD", target);
      paths.set(path, targets);
    }
  }
  return [...paths].map(([path, byMethod]) => ({ path, byMethod, refusal: refusalOf(path, byMethod) }));
}

/** For a path that nothing is served on; under the name of the first function. A browser gets a page where there are pages. */
export function nothingThere(served: readonly Served[]): Target {
  const missing = served.find((one) => one.missing !== undefined)?.missing;
  return {
    name: served[0]?.name ?? "none",
    route: "other",
    access: "open",
    handle: async (request) => {
      if (missing !== undefined && asksForPage(request))
        return missing(new NotFound(`There is no page at ${request.path}.`));
      throw new NotFound(`There is nothing at ${request.method} ${request.path}.`);
    },
  };
}

function refusalOf(path: string, byMethod: ReadonlyMap<string, Target>): Target {
  const [first] = byMethod.values();
  const allowed = [...byMethod.keys()];
  return {
    name: first?.name ?? "none",
    route: shown(path),
    access: "open",
    isUncounted: first?.isUncounted,
    handle: async ({ method }) =>
      json(
        405,
        { error: `${shown(path)} takes ${allowed.join(" and ")}, not ${method}.` },
        { allow: allowed.join(", ") },
      ),
  };
}

/** A path as clients write it: in a pattern a colon is doubled. */
export function shown(path: string): string {
  return path.replaceAll("::", ":");
}
