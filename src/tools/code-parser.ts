import type { ParseCode, SyntaxNode } from "../plan/syntax.ts";

const empty: SyntaxNode = { type: "Program", start: 0, end: 0, body: [] };

/** oxc's parser. Loaded when asked for: a binary of 3 MB. */
export async function createCodeParser(): Promise<ParseCode> {
  const { parseSync } = await import("oxc-parser");
  return (path, text) => {
    // A module that uses no import is one all the same; .js may hold JSX.
    const lang = /\.[cm]?ts$/.test(path) ? "ts" : path.endsWith(".tsx") ? "tsx" : "jsx";
    const answer = parseSync(path, text, { lang, sourceType: "module" });
    const { errors, comments } = answer;
    let root: SyntaxNode;
    try {
      root = answer.program as unknown as SyntaxNode;
    } catch {
      return { program: empty, problems: [{ message: "nested too deeply", offset: 0 }], comments: [] };
    }
    return {
      program: root,
      problems: errors
        .filter(({ severity }) => severity === "Error")
        .map(({ message, labels }) => ({ message, offset: labels[0]?.start ?? 0 })),
      comments: comments.map(({ start, end }) => ({ start, end })),
    };
  };
}
