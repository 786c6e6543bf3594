import { fileURLToPath, pathToFileURL } from "node:url";
import * as z from "zod";
import type { CodeDiagnostic } from "../plan/code-check.ts";

/** Path below a folder of a file's URL; null for anything outside of it. */
function pathBelow(folder: string, url: string): string | null {
  if (!url.startsWith("file://")) return null;
  const path = fileURLToPath(url);
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null;
}

const head = /^(TS\d+) \[[A-Z]+\]: ([\s\S]*)$/;
const at = /^ {4}at (\S+):(\d+):(\d+)$/;

/**
 * `deno check` writes for people: a head, the message's further lines, the code with marks below, and where it is.
 * What belongs to a message is indented. `folder` is the mirror's, absolute; paths are told below it.
 */
export function parseCheck(text: string, folder: string): readonly CodeDiagnostic[] {
  const found: CodeDiagnostic[] = [];
  const home = `${pathToFileURL(folder)}/`;
  let open: { readonly code: string; readonly message: string } | null = null;
  for (const line of text.split("\n")) {
    const start = head.exec(line);
    if (start != null) open = { code: start[1] ?? "", message: (start[2] ?? "").replaceAll(home, "").trim() };
    const place = open == null ? null : at.exec(line);
    const file = place?.[1] == null ? null : pathBelow(folder, place[1]);
    if (open != null && file != null)
      found.push({
        tool: "check",
        ...open,
        hint: null,
        file,
        line: Number(place?.[2]),
        column: Number(place?.[3]),
      });
    if (place != null) open = null;
  }
  return found;
}

const lint = z.object({
  diagnostics: z.array(
    z.object({
      filename: z.string(),
      range: z.object({ start: z.object({ line: z.number(), col: z.number() }) }),
      message: z.string(),
      code: z.string(),
      hint: z.string().nullish(),
    }),
  ),
});

/** `deno lint --json`; null when it is none. */
export function parseLint(text: string, folder: string): readonly CodeDiagnostic[] | null {
  let answer: z.infer<typeof lint>;
  try {
    answer = lint.parse(JSON.parse(text));
  } catch {
    return null;
  }
  return answer.diagnostics.flatMap(({ filename, range, message, code, hint }) => {
    const file = pathBelow(folder, filename);
    const { line, col } = range.start;
    return file == null
      ? []
      : [{ tool: "lint" as const, code, message, hint: hint ?? null, file, line, column: col + 1 }];
  });
}
