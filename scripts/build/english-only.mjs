/**
 * Of zod's messages in 50 languages, a quarter of a function, the English ones are taken; they have a module of their own.
 *
 * @type {import("esbuild").Plugin}
 */
export const englishOnly = {
  name: "english-only",
  setup({ onLoad }) {
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({ contents: "export {}" }));
  },
};
