import { sourceRules } from "../../audit/index.ts";
import { runRules, sortFindings } from "../../audit/run-rules.ts";
import { readSources } from "../../config/read-sources.ts";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import type { Finding } from "../../core/verdict.ts";
import type { SourceTree } from "../../plan/source-tree.ts";
import type { AreaInput, AuditArea } from "./area.ts";

export const areaNames = ["functions", "migrations", "env"] as const;
export type AreaName = (typeof areaNames)[number];

/** Loaded when asked for: each has a parser of its own. */
const areas: Readonly<Record<AreaName, () => Promise<AuditArea>>> = {
  functions: async () => (await import("./audit-functions.ts")).auditFunctions,
  migrations: async () => (await import("./audit-migrations.ts")).auditMigrations,
  env: async () => (await import("./audit-env.ts")).auditEnv,
};

export interface Sources {
  readonly root: string;
  readonly tree: SourceTree;
  /** The tree's texts by path. */
  readonly texts: ReadonlyMap<string, string>;
}

export async function openSources(root: string): Promise<Sources> {
  const tree = await readSources(root);
  return { root, tree, texts: new Map(tree.files.map(({ path, text }) => [path, text])) };
}

export interface Collected {
  /** No area had anything to look at. */
  readonly isEmpty: boolean;
  /** Worst first. */
  readonly found: readonly Finding[];
  readonly facts: readonly (readonly [string, string])[];
  readonly data: object;
}

/** What the areas and the sources themselves say, before anything is set aside. */
export async function collectFindings(
  asked: readonly AreaName[],
  sources: Sources,
  how: Omit<AreaInput, keyof Sources>,
): Promise<Collected> {
  const input: AreaInput = { ...sources, ...how };
  const settled = await Promise.allSettled(asked.map(async (name) => (await areas[name]())(input)));
  // Only now has everybody cleared away what was started.
  if (how.ctx.signal.aborted) throw interrupted();
  const broken = settled.find((one) => one.status === "rejected");
  if (broken != null) throw broken.reason;
  const answers = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const findings = answers.flatMap((one) => one.findings);
  // The same said with more weight.
  const refused = new Set(
    findings.flatMap(({ rule, location }) => (rule === "migration-not-utf8" ? [location?.file] : [])),
  );
  return {
    isEmpty: answers.every((one) => one.isEmpty),
    found: sortFindings([
      ...runRules(sourceRules, sources.tree, sources.texts).filter(
        ({ location }) => !refused.has(location?.file),
      ),
      ...findings,
    ]),
    facts: answers.flatMap((one) => one.facts),
    data: Object.assign({}, ...answers.map((one) => one.data ?? {})),
  };
}

function interrupted(): BeeError {
  return new BeeError({
    code: "BEE-E730",
    message: "The audit was interrupted.",
    detail: "Nothing was written; scratch databases and copies are gone.",
    hint: "Run the same command again.",
    exit: exitCodes.interrupted,
  });
}
