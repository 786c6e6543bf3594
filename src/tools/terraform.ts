import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BeeError } from "../core/bee-error.ts";
import { Secret } from "../core/secret.ts";
import { sha256 } from "../plan/digest.ts";
import type { InfrastructurePlan } from "../plan/infrastructure.ts";
import type { Invocation } from "../plan/invocation.ts";
import type { Infrastructure, InfrastructureVariables } from "../ports/infrastructure.ts";
import { assertLossesNamed } from "../ports/unnamed-losses.ts";
import type { InvocationResult, RunInvocation } from "./invocation.ts";
import {
  describeTerraformFailure,
  notInstalled,
  notThere,
  notUnderstood,
  planGone,
  type TerraformVerb,
  tooOld,
} from "./terraform-error.ts";
import { isOlder, parsePlan, parseVersion } from "./terraform-output.ts";

export interface TerraformOptions {
  /** The folder with the configuration. */
  readonly dir: string;
  /** Private folder for saved plans, which hold every value of the state. */
  readonly workDir: string;
  readonly run: RunInvocation;
  readonly file?: string;
  /** For `backend "…" {}` blocks that leave settings open. */
  readonly backendConfig?: Readonly<Record<string, string>>;
  readonly minimumVersion?: string;
  /** How long a state that somebody else holds is waited for; 60 by default. */
  readonly lockTimeoutSeconds?: number;
  readonly signal?: AbortSignal;
}

/** Arguments and log levels from outside would change what is planned, or print it. */
const env = {
  TF_IN_AUTOMATION: "1",
  TF_INPUT: "0",
  TF_LOG: "",
  TF_CLI_ARGS: "",
  TF_CLI_ARGS_init: "",
  TF_CLI_ARGS_plan: "",
  TF_CLI_ARGS_apply: "",
  TF_CLI_ARGS_show: "",
  CHECKPOINT_DISABLE: "1",
};

const staleAfterMs = 24 * 3_600_000;

/** The terraform program. Throws BEE-E810 … E818. */
export function createTerraform(options: TerraformOptions): Infrastructure {
  const {
    dir,
    workDir,
    file = "terraform",
    minimumVersion = "1.5.0",
    lockTimeoutSeconds = 60,
    signal,
  } = options;
  const lockTimeout = `-lock-timeout=${lockTimeoutSeconds}s`;
  /** Digest of a saved plan to the folder it lies in. */
  const saved = new Map<string, string>();

  /** Values that no message may show; apply has none of its own, but its errors may repeat the plan's. */
  let redact: readonly Secret[] = [];
  function invoke(effect: Invocation["effect"], ...args: readonly string[]): Promise<InvocationResult> {
    const timeoutMs = effect === "read" ? 300_000 : 1_800_000;
    return options.run({ file, args, cwd: dir, env, effect, redact, timeoutMs }, signal);
  }

  async function demand(verb: TerraformVerb, answer: InvocationResult, accepted: readonly number[]) {
    if (!accepted.includes(answer.exitCode)) throw describeTerraformFailure(verb, dir, answer);
    return answer;
  }

  let ready: Promise<void> | null = null;
  async function prepare(): Promise<void> {
    const files = await readdir(dir).catch(() => []);
    if (!files.some((name) => name.endsWith(".tf"))) throw notThere(dir);
    const asked = await invoke("read", "version", "-json").catch((error: unknown) => {
      throw error instanceof BeeError && error.code === "BEE-E840"
        ? notInstalled(error, minimumVersion)
        : error;
    });
    const version = parseVersion(asked.stdout);
    if (version == null || isOlder(version, minimumVersion)) throw tooOld(version, minimumVersion);
    const backend = Object.entries(options.backendConfig ?? {}).map(
      ([name, value]) => `-backend-config=${name}=${value}`,
    );
    // The lock file says which providers were reviewed; a rollback takes no others.
    const pinned = existsSync(join(dir, ".terraform.lock.hcl")) ? ["-lockfile=readonly"] : [];
    await demand(
      "init",
      await invoke("read", "init", "-input=false", "-no-color", ...pinned, ...backend),
      [0],
    );
  }

  async function savePlan(folder: string, variables: InfrastructureVariables): Promise<InfrastructurePlan> {
    const path = join(folder, "plan");
    const settings = await renderVariables(folder, variables);
    const planned = await invoke(
      "read",
      "plan",
      "-json",
      "-detailed-exitcode",
      "-input=false",
      lockTimeout,
      `-out=${path}`,
      ...settings,
    );
    await demand("plan", planned, [0, 2]);
    await chmod(path, 0o600);
    const shown = await demand("show", await invoke("read", "show", "-json", path), [0]);
    const parsed = parsePlan(shown.stdout);
    if (parsed == null) throw notUnderstood(dir);
    return { digest: sha256(await readFile(path)), ...parsed };
  }

  return {
    async plan(variables) {
      ready ??= prepare();
      await ready.catch((error: unknown) => {
        ready = null;
        throw error;
      });
      redact = Object.values(variables).filter((value) => value instanceof Secret);
      const folder = await openFolder(workDir);
      try {
        const plan = await savePlan(folder, variables);
        saved.set(plan.digest, folder);
        return plan;
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
    },
    async apply(plan, named) {
      assertLossesNamed(plan, named);
      const folder = saved.get(plan.digest);
      if (folder == null) throw planGone();
      const path = join(folder, "plan");
      try {
        const bytes = await readFile(path).catch(() => null);
        if (bytes == null || sha256(bytes) !== plan.digest) throw planGone();
        await demand(
          "apply",
          await invoke("write", "apply", "-json", "-input=false", lockTimeout, path),
          [0],
        );
      } finally {
        saved.delete(plan.digest);
        await rm(folder, { recursive: true, force: true });
      }
    },
    async discard({ digest }) {
      const folder = saved.get(digest);
      saved.delete(digest);
      if (folder != null) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A folder of its own; those that a killed run left are cleared away. */
async function openFolder(workDir: string): Promise<string> {
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  for (const name of await readdir(workDir)) {
    const path = join(workDir, name);
    const age = Date.now() - ((await stat(path).catch(() => null))?.mtimeMs ?? Date.now());
    if (name.startsWith("plan-") && age > staleAfterMs) await rm(path, { recursive: true, force: true });
  }
  return mkdtemp(join(workDir, "plan-"));
}

/** Secrets by a private file, since arguments are readable by everybody; `-var` and files win over *.tfvars. */
async function renderVariables(
  folder: string,
  variables: InfrastructureVariables,
): Promise<readonly string[]> {
  const plain: string[] = [];
  const secrets: [string, string][] = [];
  for (const [name, value] of Object.entries(variables)) {
    if (value instanceof Secret) secrets.push([name, value.reveal()]);
    else plain.push(`-var=${name}=${value}`);
  }
  if (secrets.length === 0) return plain;
  const path = join(folder, "secret.tfvars.json");
  await writeFile(path, JSON.stringify(Object.fromEntries(secrets)), { mode: 0o600 });
  return [...plain, `-var-file=${path}`];
}
