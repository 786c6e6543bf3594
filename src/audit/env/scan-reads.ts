import type { SourceFile } from "../../plan/source-tree.ts";
import { codeUnit, maskCode } from "../code/mask-code.ts";

export interface EnvRead {
  readonly file: string;
  /** 0-based, of the name. */
  readonly offset: number;
  readonly name: string;
  /** Something stands in when it is not set. */
  readonly optional: boolean;
}

const upper = "[A-Z][A-Z0-9_]{2,}";

const patterns: readonly RegExp[] = [
  new RegExp(`\\bDeno\\s*\\.\\s*env\\s*\\.\\s*get\\(\\s*['"\`](${upper})['"\`]\\s*\\)`, "g"),
  new RegExp(`\\bprocess\\s*\\.\\s*env\\s*\\.\\s*(${upper})\\b`, "g"),
  new RegExp(`\\bprocess\\s*\\.\\s*env\\s*\\[\\s*['"\`](${upper})['"\`]\\s*\\]`, "g"),
  // getEnv('X'), requireEnv('X'), env('X'): a wrapper of the project's own.
  new RegExp(`\\b(?:[a-z]+_?)?env(?:Var|ironment|_var)?\\(\\s*['"\`](${upper})['"\`]`, "gi"),
];

const dartPatterns: readonly RegExp[] = [
  new RegExp(`\\b(?:String|bool|int)\\s*\\.\\s*fromEnvironment\\(\\s*['"](${upper})['"]`, "g"),
];

/** Names a function reads from its environment, where they stand in the text. */
export function scanReads({ path, text }: SourceFile): readonly EnvRead[] {
  if (
    !/\.[cm]?[jt]sx?$/.test(path) ||
    /(?:\.|_)(?:test|spec)\.[cm]?[jt]sx?$/.test(path) ||
    !/env/i.test(text)
  )
    return [];
  const mask = maskCode(text);
  const plain = patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)]
      .filter(
        (match) =>
          mask[match.index] === codeUnit && (pattern.flags !== "gi" || /[A-Z]/.test(match[1]?.[0] ?? "")),
      )
      .map((match) => readAt(path, text, match)),
  );
  return unique([...plain, ...scanDestructured(path, text), ...scanSchemas(path, text)]);
}

export function scanDartReads({ path, text }: SourceFile): readonly EnvRead[] {
  if (!path.endsWith(".dart") || !text.includes("fromEnvironment")) return [];
  const mask = maskCode(text);
  return dartPatterns.flatMap((pattern) =>
    [...text.matchAll(pattern)]
      .filter((match) => mask[match.index] === codeUnit)
      .map((match) => ({
        ...readAt(path, text, match),
        // bool and int have defaults that mean something; of a String the empty one is a hole.
        optional:
          !match[0].startsWith("String") ||
          /^\s*,\s*defaultValue/.test(
            text.slice(match.index + match[0].length, match.index + match[0].length + 60),
          ),
      })),
  );
}

function readAt(file: string, text: string, match: RegExpExecArray): EnvRead {
  const name = match[1] ?? "";
  const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 40);
  return {
    file,
    offset: match.index + match[0].lastIndexOf(name),
    name,
    optional: /^\s*\)?\s*(?:\?\?|\|\||\?\.|\?[^.:])/.test(rest),
  };
}

/** `const { A, B = 'x' } = process.env`. */
function scanDestructured(file: string, text: string): readonly EnvRead[] {
  return [...text.matchAll(/\{([^{}]*)\}\s*=\s*(?:process\.env|Deno\.env\.toObject\(\))/g)].flatMap((match) =>
    [...(match[1] ?? "").matchAll(new RegExp(`(?:^|,)\\s*(${upper})\\s*(=)?`, "g"))].map((name) => ({
      file,
      offset: match.index + 1 + name.index + name[0].indexOf(name[1] ?? ""),
      name: name[1] ?? "",
      optional: name[2] != null,
    })),
  );
}

/** `z.object({ A: z.string() })` in a file that parses the environment with it. */
function scanSchemas(file: string, text: string): readonly EnvRead[] {
  if (!/(?:parse|safeParse)\(\s*(?:process\.env|Deno\.env\.toObject\(\))/.test(text)) return [];
  return [...text.matchAll(new RegExp(`^\\s*['"]?(${upper})['"]?\\s*:\\s*z\\b(.*)$`, "gm"))].map((match) => ({
    file,
    offset: match.index + match[0].indexOf(match[1] ?? ""),
    name: match[1] ?? "",
    optional: /\.(?:optional|default|nullish|catch)\(/.test(match[2] ?? ""),
  }));
}

function unique(reads: readonly EnvRead[]): readonly EnvRead[] {
  return [...new Map(reads.map((read) => [read.offset, read])).values()];
}
