import type { ParseCode, SyntaxNode } from "../plan/syntax.ts";

/** oxc's parser. Loaded when asked for: a binary of 3 MB. */
export async function createCodeParser(): Promise<ParseCode> {
  const { parseSync } = await import("oxc-parser");
  return (path, text) => {
    // A module that uses no import is one all the same; .js may hold JSX.
    const lang = /\.[cm]?ts$/.test(path) ? "ts" : path.endsWith(".tsx") ? "tsx" : "jsx";
    const { program, errors, comments } = parseSync(path, text, { lang, sourceType: "module" });
    return {
      program: program as unknown as SyntaxNode,
      problems: errors
        .filter(({ severity }) => severity === "Error")
        .map(({ message, labels }) => ({ message, offset: labels[0]?.start ?? 0 })),
      comments: comments.map(({ start, end }) => ({ start, end })),
    };
  };
}
