import type { Plugin } from "esbuild";

export const threadInside: Plugin;
