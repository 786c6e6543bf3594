import { constants } from "node:fs";
import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { CheckReport } from "../output/check-report.ts";
import { renderJunit } from "../output/junit.ts";
import { renderMarkdown } from "../output/markdown.ts";
import { renderSarif } from "../output/sarif.ts";
import { renderStatement, type StatementSubject } from "../output/statement.ts";
import type { RefuseFile } from "./start.ts";

const kinds = ["junit", "sarif", "md", "statement"] as const;

export interface ReportFile {
  readonly kind: (typeof kinds)[number];
  /** Absolute. */
  readonly path: string;
}

/** `junit=FILE,md=FILE` → the files, their folder made: what is wrong is found before anything runs. */
export async function prepareReportFiles(
  text: unknown,
  cwd: string,
  refuse: RefuseFile = async () => undefined,
): Promise<readonly ReportFile[]> {
  if (typeof text !== "string") return [];
  const files = text.split(",").map((part): ReportFile => {
    const [name = "", ...rest] = part.split("=");
    const kind = kinds.find((one) => one === name.trim());
    const file = rest.join("=").trim();
    if (kind == null || file === "") throw invalid(part);
    return { kind, path: resolve(cwd, file) };
  });
  for (const { path } of files) {
    await refuse(cwd, path);
    try {
      // One level only: a folder far away is more likely a mistake.
      await mkdir(dirname(path)).catch(() => undefined);
      await access(dirname(path), constants.W_OK);
    } catch (error) {
      throw unwritable(path, error);
    }
  }
  return files;
}

export async function writeReportFiles(
  files: readonly ReportFile[],
  report: CheckReport,
  subjects: readonly StatementSubject[],
): Promise<void> {
  const render = {
    junit: () => renderJunit(report),
    sarif: () => renderSarif(report),
    md: () => renderMarkdown(report),
    statement: () => renderStatement(report, subjects),
  };
  for (const { kind, path } of files) {
    if (kind === "statement" && subjects.length === 0) throw nothingReleased(path);
    await writeFile(path, render[kind]()).catch((error: unknown) => {
      throw unwritable(path, error);
    });
  }
}

function invalid(part: string): BeeError {
  return new BeeError({
    code: "BEE-E117",
    message: `--report ${part}: not a kind and a file.`,
    detail: `kinds: ${kinds.join(", ")}; nothing was run`,
    hint: "For example: --report junit=out/bee.xml,sarif=out/bee.sarif",
    exit: exitCodes.usage,
  });
}

function unwritable(path: string, error: unknown): BeeError {
  return new BeeError({
    code: "BEE-E118",
    message: `The report ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    hint: "Name a file in a folder that can be written.",
    exit: exitCodes.usage,
    cause: error,
  });
}

function nothingReleased(path: string): BeeError {
  return new BeeError({
    code: "BEE-E119",
    message: `There is no release to make a statement about; ${path} was not written.`,
    hint: "Deploy first: bee deploy phase1",
    exit: exitCodes.usage,
  });
}
