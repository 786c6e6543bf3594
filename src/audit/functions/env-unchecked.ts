import { isProvided } from "../env/platform-names.ts";
import type { Rule } from "../rule.ts";
import { bare, isFunction, literal, type Node, part, parts, text, walk } from "./analysis/node.ts";
import type { FunctionsWorld } from "./world.ts";

export const envUnchecked: Rule<FunctionsWorld> = {
  id: "env-unchecked",
  area: "functions",
  severity: "warning",
  title: "A variable of the environment is taken for set when the module loads",
  explanation:
    "Without it the function starts with undefined in it and fails later, somewhere else, or works with the wrong thing. Names that the platform always sets are left out.",
  fix: "Check it where it is read and refuse with a clear text; read it inside the handler, so that a health route still answers.",
  example: {
    bad: 'const key = Deno.env.get("OPENAI_API_KEY")!;',
    good: 'const key = Deno.env.get("OPENAI_API_KEY");\nif (!key) throw new Error("OPENAI_API_KEY is not set");',
  },
  *check({ modules }) {
    for (const { path, program, text: source } of modules) {
      if (!/\benv\b/.test(source)) continue;
      const hits: { file: string; offset: number; subject: string; detail: string }[] = [];
      walk(program, (node, parents) => {
        if (isFunction(node) || /^Class/.test(node.type)) return false;
        const name = envName(node);
        if (name == null || isProvided(name)) return undefined;
        const parent = parents.at(-1);
        const declarator = parents.findLast((one) => one.type === "VariableDeclarator");
        const declared = declarator == null ? "" : text(part(declarator, "id"));
        const isChecked =
          declared !== "" &&
          new RegExp(
            `(!\\s*|if\\s*\\(\\s*)${declared}\\b|\\b${declared}\\s*(===?|!==?|\\?\\?|&&|\\|\\||\\?[^.])|assert\\w*\\(\\s*${declared}`,
          ).test(source);
        const isForced =
          parent?.type === "TSNonNullExpression" ||
          parent?.type === "TSAsExpression" ||
          (parent?.type === "LogicalExpression" && literal(part(parent, "right")) === "") ||
          (parent?.type === "CallExpression" &&
            parts(parent, "arguments").some((one) => bare(one) === node) &&
            !/^(Number|Boolean|parse\w*|read\w*|require\w*|check\w*|assert\w*)$/.test(
              text(part(parent, "callee")),
            ));
        // Another value stands in for it.
        const fallback = parent?.type === "LogicalExpression" ? literal(part(parent, "right")) : null;
        if (fallback != null && fallback !== "") return undefined;
        if (isChecked && parent?.type !== "TSNonNullExpression") return undefined;
        if (isForced || (declared !== "" && !isChecked && isUsedBare(source, declared)))
          hits.push({
            file: path,
            offset: node.start,
            subject: name,
            detail: `${name} is read when the module loads, and nothing checks that it is set`,
          });
        return undefined;
      });
      yield* hits;
    }
  },
};

function envName(node: Node): string | null {
  if (node.type === "CallExpression") {
    const callee = part(node, "callee");
    const object = callee == null ? null : part(callee, "object");
    const isGet = text(callee == null ? null : part(callee, "property")) === "get";
    if (!isGet || object == null || text(part(object, "property")) !== "env") return null;
    return literal(parts(node, "arguments")[0] ?? null);
  }
  const object = node.type === "MemberExpression" ? part(node, "object") : null;
  const isProcess =
    object != null && text(part(object, "object")) === "process" && text(part(object, "property")) === "env";
  return isProcess ? text(part(node, "property")) : null;
}

/** Handed on or joined into a text without a look. */
function isUsedBare(source: string, name: string): boolean {
  return new RegExp(`\\$\\{${name}\\}|[(,]\\s*${name}!?\\s*[,)]`).test(source);
}
