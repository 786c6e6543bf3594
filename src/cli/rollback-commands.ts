import type { Command } from "commander";
import { bare, collect, target } from "./options.ts";
import type { Start } from "./start.ts";

export function addRollback(program: Command, start: Start): void {
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
    .option(
      "--from-dump <file>",
      "bring the app's schemas back from a dump, or `latest`; needs --lose writes",
    )
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

function bringBack(command: Command, description: string): Command {
  return target(command, description)
    .option("--check", "say whether it is possible and what it would do; change nothing")
    .option("-y, --yes", "consent to an unguarded target such as staging")
    .option("--confirm <ref>", "consent to a guarded target by its project ref");
}
