import type { Hit, Rule } from "../rule.ts";
import { globalNames } from "./analysis/global-names.ts";
import type { Module } from "./analysis/module.ts";
import { boundNames, declaredNames } from "./analysis/module.ts";
import type { ModuleGraph } from "./analysis/module-graph.ts";
import { isFunction, keyOf, type Node, part, parts, text, walk } from "./analysis/node.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

export const undefinedCall: Rule<FunctionsWorld> = {
  id: "undefined-call",
  area: "functions",
  severity: "error",
  title: "Something is called that is defined nowhere",
  explanation:
    "It ends in a ReferenceError or TypeError when a request gets there: a helper that was renamed or removed, a name another module does not export, a method the class does not have.",
  fix: "Import or define it, or take the call away.",
  example: {
    bad: "const score = calculateScore(events);   // was renamed",
    good: 'import { calculate } from "./score.ts";\nconst score = calculate(events);',
  },
  *check(world) {
    const { modules, graph } = world;
    yield* happeningHits(world, ({ kind, name }) =>
      kind === "missing-member" ? `calls ${name}, which supabase-js has no more` : null,
    );
    for (const module of modules) {
      const { path, program, imported, problems } = module;
      if (problems.length > 0) continue;
      const { names, calls } = read(program);
      const hits: Hit[] = [];
      for (const { node, owner } of calls) {
        const callee = part(node, "callee");
        const name = callee?.type === "Identifier" ? text(callee) : "";
        if (name !== "" && !imported.has(name) && !names.has(name) && !globalNames.has(name))
          hits.push({
            file: path,
            offset: node.start,
            subject: name,
            detail: `${name} is called, and defined nowhere`,
          });
        const method =
          callee?.type === "MemberExpression" && part(callee, "object")?.type === "ThisExpression"
            ? keyOf(callee, "property")
            : null;
        if (method != null && owner != null && part(owner, "superClass") == null && !hasMember(owner, method))
          hits.push({
            file: path,
            offset: node.start,
            subject: method,
            detail: `this.${method} is called, and the class has none`,
          });
      }
      hits.push(...namespaceCalls(module, graph, { names, calls }));
      for (const [local, { specifier, name }] of imported) {
        const resolved = graph.resolve(specifier, path);
        const other =
          resolved.kind === "local" && /\.[cm]?[jt]sx?$/.test(resolved.path)
            ? graph.module(resolved.path)
            : null;
        if (
          other == null ||
          name === "*" ||
          other.exported.has(name) ||
          other.passesOn.length > 0 ||
          other.problems.length > 0
        )
          continue;
        if (
          /module\.exports|exports\./.test(other.text) ||
          new RegExp(
            `export\\s+(declare\\s+)?(interface|type|enum|namespace|abstract\\s+class)\\s+${name}\\b`,
          ).test(other.text)
        )
          continue;
        const at = module.imports.find((one) => one.specifier === specifier);
        if (at?.isType === false)
          hits.push({
            file: path,
            offset: at.offset,
            subject: local,
            detail: `${other.path} exports no ${name}`,
          });
      }
      yield* hits;
    }
  },
};

/** `import * as dates` and `dates.format()`, where the module exports no such name. */
function namespaceCalls(
  { path, imported }: Module,
  graph: ModuleGraph,
  { names, calls }: Read,
): readonly Hit[] {
  const spaces = new Map<string, Module>();
  for (const [local, { specifier, name }] of imported) {
    const resolved = name === "*" ? graph.resolve(specifier, path) : null;
    const other =
      resolved?.kind === "local" && /\.[cm]?[jt]sx?$/.test(resolved.path)
        ? graph.module(resolved.path)
        : null;
    const isWhole = other != null && other.passesOn.length === 0 && other.problems.length === 0;
    if (isWhole && !/module\.exports|exports\./.test(other.text)) spaces.set(local, other);
  }
  if (spaces.size === 0) return [];
  const hits: Hit[] = [];
  for (const { node } of calls) {
    const callee = node.type === "CallExpression" ? part(node, "callee") : null;
    const local = callee?.type === "MemberExpression" ? text(part(callee, "object")) : "";
    const other = names.has(local) ? null : spaces.get(local);
    const name = callee == null ? null : keyOf(callee, "property");
    if (other != null && name != null && !other.exported.has(name))
      hits.push({
        file: path,
        offset: node.start,
        subject: name,
        detail: `${other.path} exports no ${name}`,
      });
  }
  return hits;
}

interface Read {
  /** Every name that any scope of a module declares: more than is seen at a place, so that no alarm is false. */
  readonly names: ReadonlySet<string>;
  /** With the class around. */
  readonly calls: readonly { readonly node: Node; readonly owner: Node | null }[];
}

function read(program: Node): Read {
  const names = new Set<string>();
  const calls: { node: Node; owner: Node | null }[] = [];
  walk(program, (node, parents) => {
    const { type } = node;
    if (type === "CallExpression" || type === "NewExpression")
      calls.push({ node, owner: parents.findLast((one) => classes.has(one.type)) ?? null });
    else if (type === "ImportDeclaration" || type === "TSImportEqualsDeclaration") return false;
    else if (type === "CatchClause") for (const name of boundNames(part(node, "param"))) names.add(name);
    else if (isFunction(node) || type === "TSDeclareFunction")
      for (const one of parts(node, "params")) for (const name of boundNames(one)) names.add(name);
    if (type.endsWith("Declaration") || namedOtherwise.has(type))
      for (const name of declaredNames(node)) names.add(name);
    return undefined;
  });
  return { names, calls };
}

const classes: ReadonlySet<string> = new Set(["ClassDeclaration", "ClassExpression"]);
const namedOtherwise: ReadonlySet<string> = new Set([
  "FunctionExpression",
  "ClassExpression",
  "TSDeclareFunction",
]);

function hasMember(owner: Node, name: string): boolean {
  let found = false;
  walk(owner, (node) => {
    if (
      /^(MethodDefinition|PropertyDefinition|TSAbstract\w+|AccessorProperty)$/.test(node.type) &&
      keyOf(node, "key") === name
    )
      found = true;
    if (
      node.type === "TSIndexSignature" ||
      (node.type === "TSParameterProperty" && boundNames(node).includes(name))
    )
      found = true;
    if (node.type === "AssignmentExpression" && keyOf(part(node, "left") ?? node, "property") === name)
      found = true;
    return !found;
  });
  return found;
}
