import { Argument, Command, Option } from "commander";
import type { CommandContext } from "../commands/context.ts";
import { exitCodeMeanings } from "../core/exit-code.ts";
import type { Report } from "../output/report.ts";

export type Run = (flags: unknown, ctx: CommandContext) => Promise<Report>;

/** Called with the command's flags and its code, which is loaded only now. */
export type Start = (load: () => Promise<Run>, flags: Readonly<Record<string, unknown>>) => Promise<void>;

const examples = `
Examples:
  bee deploy phase1                      deploy to the embedded local platform, which it starts
  bee plan phase1 --target production    show what would change, and change nothing
  bee status --target production --json  what is live, for a script
`;

const targetNames = ["local", "staging", "production"];

/**
 * What a verb does without an object. A subcommand of its own: options of the verb itself would be taken from behind
 * its other subcommands too, --check among them.
 */
const bare = { isDefault: true };

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
  addLock(program, start);
  addLocal(program, start);
  return program;
}

function addVerify(program: Command, start: Start): void {
  const verify = target(
    program.command("verify"),
    "Measure what the go-live checklists ask: pre-launch, launch-day, post-launch, security, metrics.",
  )
    .argument("[names...]", "checklists, lines or gates (default: all)")
    .option("--secrets <file>", "secrets to compare with (default: .env.<target>)")
    .addOption(reportOption())
    .option("--allow-writes", "on a guarded target: let gates write synthetic data, and remove it")
    .option("--confirm <ref>", "consent to that by the project ref")
    .option("--chain", "recompute the chain of the evidence instead")
    .option("--self-test", "see every gate block, on a throw-away platform");
  verify.action((names: readonly string[], own: Record<string, unknown>) =>
    start(async () => (await import("../commands/verify/verify.command.ts")).runVerify, { names, ...own }),
  );
}

function addExceptions(program: Command, start: Start): void {
  target(program.command("attest"), "Give a person's word for a line that no machine can measure.")
    .argument("<gate>", "the line's or gate's id, as bee verify prints it")
    .requiredOption("--by <name>", "whose word it is")
    .requiredOption("--evidence <url|file>", "what shows it; a file is recorded by its sha256")
    .requiredOption("--expires <date>", "last day it counts, at most a year ahead")
    .action((gate: string, own: Record<string, unknown>) =>
      start(async () => (await import("../commands/attest/attest.command.ts")).runAttest, { gate, ...own }),
    );
  target(program.command("waive"), "Let a gate or one finding pass for a time, with a reason and an owner.")
    .argument("<id>", "gate, line or finding key, as bee verify prints it")
    .option("--reason <text>", "why it may pass")
    .option("--owner <name>", "who answers for it")
    .option("--expires <date>", "last day it counts, at most a year ahead")
    .option("--revoke", "take back a waiver or an attestation")
    .action((id: string, own: Record<string, unknown>) =>
      start(async () => (await import("../commands/waive/waive.command.ts")).runWaive, { id, ...own }),
    );
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

function addRollback(program: Command, start: Start): void {
  const rollback = program.command("rollback").description("Go back to a release, proven by reading back.");
  bringBack(
    rollback.command("all", bare),
    "Go back to the last good release with every layer that changed since.",
  )
    .option("--to <release>", "the release (default: the last good one)")
    .option(
      "--drill",
      "rehearse it all on a copy and keep the minutes as evidence; the target stays as it is",
    )
    .option("--lose <objects>", "data that may be lost, by comma, as the refusal names it")
    .option("--cross <versions>", "contract migrations that may be crossed, by comma")
    .action((own: Record<string, unknown>) =>
      start(async () => (await import("../commands/rollback/all.command.ts")).runRollback, own),
    );
  bringBack(
    rollback.command("functions"),
    "Bring back the exact functions of a release, from the target's own ledger.",
  )
    .option("--to <release>", "the release (default: the last good one that differs)")
    .option("--cross <versions>", "migrations that its functions may not survive, by comma")
    .action((own: Record<string, unknown>) =>
      start(
        async () => (await import("../commands/rollback/functions.command.ts")).runRollbackFunctions,
        own,
      ),
    );
  bringBack(
    rollback.command("database"),
    "Take migrations back by downs that were proven on a scratch database first.",
  )
    .option("--to <release>", "the release (default: the last one with fewer migrations)")
    .option("--lose <objects>", "data that may be lost, by comma, as the refusal names it")
    .option("--cross <versions>", "contract migrations that may be crossed, by comma")
    .option("--restore", "restore the whole database from a backup point instead; needs --lose writes")
    .option("--at <moment>", "with --restore: the latest point at or before it (ISO 8601)")
    .option("--backup <id>", "with --restore: this backup")
    .action((own: Record<string, unknown>) =>
      start(async () => (await import("../commands/rollback/database.command.ts")).runRollbackDatabase, own),
    );
  bringBack(
    rollback.command("infra"),
    "Send the requests of Cloud Run services to their prior ready revision, until the next deploy.",
  )
    .option("--to <release>", "the revisions of its time (default: the prior ones)")
    .option("--service <name>", "one service only (default: all of gcp.services in bee.config.yaml)")
    .option("--revision <name>", "this revision; SERVICE=NAME where there are several services")
    .option("--retire <name>", "delete a legacy service for good; named twice", collect)
    .option("--terraform", "take the services away: terraform's plan with deploy_functions=false")
    .option("--destroy <addresses>", "what that plan may take away, by comma; repeatable", collect)
    .action((own: Record<string, unknown>) =>
      start(async () => (await import("../commands/rollback/infra.command.ts")).runRollbackInfra, own),
    );
  bringBack(rollback.command("app"), "Switch features of the app off, without a build.")
    .option("--off <flags>", "flags, by comma (default: those switched on since the last release)")
    .option("--minimum-version <x.y.z>", "older apps must update before they go on")
    .option("--mock-build", "build the app with sample data: the slow path, switches nothing")
    .action((own: Record<string, unknown>) =>
      start(async () => (await import("../commands/rollback/app.command.ts")).runRollbackApp, own),
    );
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function bringBack(command: Command, description: string): Command {
  return target(command, description)
    .option("--check", "say whether it is possible and what it would do; change nothing")
    .option("-y, --yes", "consent to an unguarded target such as staging")
    .option("--confirm <ref>", "consent to a guarded target by its project ref");
}

function addAudit(program: Command, start: Start): void {
  program
    .command("audit")
    .description("Find what would break or leak, from the sources alone; it never writes to what it audits.")
    .addArgument(
      new Argument("[area]", "what to look at")
        .choices(["functions", "migrations", "env", "all"])
        .default("all"),
    )
    .argument("[dir]", "folder to audit (default: the project here)")
    .addOption(new Option("-t, --target <name>", "compare with what is there").choices(targetNames))
    .addOption(
      new Option("--fail-on <severity>", "exit 3 from this severity on")
        .choices(["error", "warning", "info"])
        .default("error"),
    )
    .option("--no-proof", "do not apply the migrations to a scratch database")
    .option("--keep-going", "apply the later migrations too when one fails on the scratch database")
    .option("--baseline <file>", "findings that are accepted, each until a day")
    .option("--write-baseline <file>", "accept what is found now, for 90 days")
    .action((area: string, dir: string | undefined, own: Record<string, unknown>) =>
      start(async () => (await import("../commands/audit/audit.command.ts")).runAudit, {
        area,
        ...(dir == null ? {} : { dir }),
        ...own,
      }),
    );
  program
    .command("explain")
    .description("What a rule or gate means, with an example and the way out.")
    .argument("<id>", "such as definer-search-path")
    .action((id: string, own: Record<string, unknown>) =>
      start(async () => (await import("../commands/explain/explain.command.ts")).runExplain, { id, ...own }),
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

function addLocal(program: Command, start: Start): void {
  const local = program
    .command("local")
    .description("The embedded Supabase platform: Postgres, PostgREST, Deno, auth, realtime.");
  const load = () => import("../commands/local/local.command.ts");
  local
    .command("up")
    .description("Start it, or find it running.")
    .action((own: Record<string, unknown>) => start(async () => (await load()).runLocalUp, own));
  local
    .command("down")
    .description("Stop it; its data stays.")
    .action((own: Record<string, unknown>) => start(async () => (await load()).runLocalDown, own));
  local
    .command("status")
    .description("URLs and, with --json, keys.")
    .action((own: Record<string, unknown>) => start(async () => (await load()).runLocalStatus, own));
  local
    .command("backup")
    .description("Take a backup of its database, as hosted does once a day.")
    .action((own: Record<string, unknown>) => start(async () => (await load()).runLocalBackup, own));
  local
    .command("reset")
    .description("Delete its data: database, users, functions, secrets.")
    .option("-y, --yes", "do not ask")
    .action((own: Record<string, unknown>) => start(async () => (await load()).runLocalReset, own));
  local
    .command("logs")
    .description("What its parts logged.")
    .argument("[service]", "gateway, postgres, postgrest, auth, realtime, functions …")
    .option("--tail <lines>", "how many of the last lines", "100")
    .action((service: string | undefined, own: Record<string, unknown>) =>
      start(async () => (await load()).runLocalLogs, { ...own, ...(service == null ? {} : { service }) }),
    );
}

function reportOption(): Option {
  return new Option("--report <kind=file,...>", "also write junit, sarif, md, statement (in-toto)");
}

function target(command: Command, description: string): Command {
  return command
    .description(description)
    .addOption(new Option("-t, --target <name>", "where").choices(targetNames).default("local"));
}

function phase(command: Command, description: string): Command {
  return target(command, description)
    .argument("<phase>", "phase1")
    .option("--secrets <file>", "secrets to set (default: .env.<target>)");
}

function renderExitCodes(): string {
  const lines = Object.entries(exitCodeMeanings).map(
    ([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`,
  );
  return `Exit codes:\n${lines.join("\n")}`;
}
