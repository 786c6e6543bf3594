import { resolve } from "node:path";
import { findFunctions } from "../config/find-functions.ts";
import { findProject, type Project } from "../config/find-project.ts";
import { readProof } from "../config/isolation-proof.ts";
import { judgeSecrets } from "../config/judge-secrets.ts";
import { type MigrationSet, readMigrations } from "../config/read-migrations.ts";
import { readVerdictState } from "../config/read-verdict-state.ts";
import type { TargetName } from "../config/schema.ts";
import { readSecretValues } from "../config/secret-values.ts";
import { exposedSchemas, readSupabaseConfig } from "../config/supabase-config.ts";
import type { Secret } from "../core/secret.ts";
import { sha256 } from "../plan/digest.ts";
import type { DumpPolicy } from "../plan/dump-need.ts";
import type { SnapshotPolicy } from "../plan/snapshot-need.ts";
import type { Desired } from "../plan/view.ts";
import type { ProjectFacts } from "../ports/gate.ts";
import type { CommandContext } from "./context.ts";

/** What the project on disk asks of a target, and what gates need to know of it. */
export interface Work {
  readonly desired: Desired;
  readonly facts: ProjectFacts;
  readonly secretValues: ReadonlyMap<string, Secret>;
  readonly snapshots: SnapshotPolicy;
  readonly dumps: DumpPolicy;
}

export async function openProject(ctx: CommandContext, dir: string | undefined): Promise<Project> {
  return findProject(resolve(ctx.cwd, dir ?? "."));
}

/** Reads migrations, functions and secrets side by side. Writes nothing but the bundle cache. */
export async function readWork(
  ctx: CommandContext,
  project: Project,
  target: TargetName,
  secretsFile?: string,
): Promise<Work> {
  const { root, config } = project;
  const supabase = await readSupabaseConfig(root);
  const found = findFunctions(root, config, supabase);
  const [migrations, functions, verdicts, secrets, isolationProof] = await Promise.all([
    readMigrations(root),
    found.then((sources) => ctx.bundler(project).bundle(sources)),
    found.then((sources) =>
      readVerdictState(
        root,
        sources.map(({ slug }) => slug),
      ),
    ),
    readSecretValues({ root, target, config, file: secretsFile, env: ctx.env }),
    readProof(root),
  ]);
  return {
    desired: {
      projectName: config.name,
      migrations: migrations.files,
      functions,
      secrets: digestSecrets(secrets.values),
    },
    facts: {
      ...assembleFacts(
        migrations,
        exposedSchemas(supabase),
        config,
        judgeSecrets(secrets.values, target, config, secrets.file),
      ),
      ...(verdicts == null ? {} : { verdicts }),
      isolationProof,
      secrets: secrets.values,
    },
    secretValues: secrets.values,
    snapshots: config.snapshots,
    dumps: config.dumps,
  };
}

function assembleFacts(
  migrations: MigrationSet,
  schemas: readonly string[],
  { probe, access }: Project["config"],
  secretProblems: ProjectFacts["secretProblems"],
): ProjectFacts {
  return {
    exposedSchemas: schemas,
    access,
    probeRows: probe.rows,
    probeFunctions: probe.functions,
    migrationFindings: migrations.findings,
    secretProblems,
  };
}

function digestSecrets(values: ReadonlyMap<string, Secret>): Desired["secrets"] {
  return [...values]
    .map(([name, value]) => ({ name, sha256: sha256(value.reveal()) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
