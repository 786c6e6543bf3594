import { Command } from "commander";
import { exitCodeMeanings } from "../core/exit-code.ts";
import { addAudit } from "./audit-commands.ts";
import { addLoadtest, addMomentum } from "./loadtest-commands.ts";
import { addLocal } from "./local-commands.ts";
import { bare, phase, target } from "./options.ts";
import { addRollback } from "./rollback-commands.ts";
import type { Start } from "./start.ts";
import { addExceptions, addVerify } from "./verify-commands.ts";

const examples = `
Examples:
  bee deploy phase1                      deploy to the embedded local platform, which it starts
  bee plan phase1 --target production    show what would change, and change nothing
  bee status --target production --json  what is live, for a script
`;

/** The command tree: names, flags and where the code lies. Kept free of heavy imports, --help is built from it. */
export function createProgram(version: string, start: Start): Command {
  const program = new Command("bee")
    .description("Deploys Supabase apps by phases, with gates, and back again.")
    .version(version, "-V, --version")
    .option("--project <dir>", "folder of the project (default: found upward from here)")
    .option("--json", "one JSON document on stdout, nothing else")
    .option("--events", "stream events as NDJSON on stdout")
    .option("-q, --quiet", "no progress")
    .option("-v, --verbose", "more progress, and the cause of errors")
    .option("--no-color", "no colours (also NO_COLOR)")
    .option("--no-input", "never ask; a missing answer is an error")
    .showHelpAfterError("(see: bee --help)")
    .addHelpText("after", `${examples}\n${renderExitCodes()}`);

  phase(
    program.command("deploy"),
    "Deploy a phase: gates, backup point, migrations, secrets, functions, proof.",
  )
    .option("-y, --yes", "consent to an unguarded target such as staging")
    .option("--confirm <ref>", "consent to a guarded target by its project ref")
    .option("--dry-run", "assemble the plan and stop, as bee plan does")
    .option("--watch <time>", "then watch the release so long (10m), and take its functions back on a breach")
    .action((name: string, own: Record<string, unknown>) =>
      start(async () => (await import("../commands/deploy/deploy.command.ts")).runDeploy, {
        phase: name,
        ...own,
      }),
    );
  phase(program.command("plan"), "Show what a deploy would change; change nothing.").action(
    (name: string, own: Record<string, unknown>) =>
      start(async () => (await import("../commands/plan/plan.command.ts")).runPlan, { phase: name, ...own }),
  );
  target(program.command("status"), "What is live, and what differs from the files here.").action(
    (own: Record<string, unknown>) =>
      start(async () => (await import("../commands/status/status.command.ts")).runStatus, own),
  );
  target(program.command("doctor"), "Check this machine, the project and the way to the target.").action(
    (own: Record<string, unknown>) =>
      start(async () => (await import("../commands/doctor/doctor.command.ts")).runDoctor, own),
  );
  addVerify(program, start);
  addExceptions(program, start);
  addReleases(program, start);
  addRollback(program, start);
  addAudit(program, start);
  addLoadtest(program, start);
  addMomentum(program, start);
  addLock(program, start);
  addLocal(program, start);
  return program;
}

function addReleases(program: Command, start: Start): void {
  const load = () => import("../commands/releases/releases.command.ts");
  const releases = program.command("releases").description("The releases of a target, newest first.");
  target(releases.command("list", bare), "All that are kept.").action((own: Record<string, unknown>) =>
    start(async () => (await load()).runReleases, own),
  );
  target(releases.command("show"), "What was live with a release, and what proved it.")
    .argument("<id>", "such as r12")
    .action((id: string, own: Record<string, unknown>) =>
      start(async () => (await load()).runReleaseShow, { id, ...own }),
    );
}

function addLock(program: Command, start: Start): void {
  const lock = program.command("lock").description("The deploy lock of a target.");
  target(lock.command("status"), "Who holds it.").action((own: Record<string, unknown>) =>
    start(async () => (await import("../commands/lock/lock.command.ts")).runLockStatus, own),
  );
  target(lock.command("release"), "Take it from a holder whose process is gone.")
    .requiredOption("--reason <text>", "why, for the audit trail")
    .action((own: Record<string, unknown>) =>
      start(async () => (await import("../commands/lock/lock.command.ts")).runLockRelease, own),
    );
}

function renderExitCodes(): string {
  const lines = Object.entries(exitCodeMeanings).map(
    ([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`,
  );
  return `Exit codes:\n${lines.join("\n")}`;
}
