import type { Command } from "commander";
import { bare, reportOption, target } from "./options.ts";
import type { Start } from "./start.ts";

export function addVerify(program: Command, start: Start): void {
  const verify = program.command("verify").description("Measure what the go-live checklists ask.");
  target(
    verify.command("checks", bare),
    "Checklists, lines or gates: pre-launch, launch-day, post-launch, security, metrics.",
  )
    .argument("[names...]", "checklists, lines or gates (default: all)")
    .option("--secrets <file>", "secrets to compare with (default: .env.<target>)")
    .addOption(reportOption())
    .option("--allow-writes", "on a guarded target: let gates write synthetic data, and remove it")
    .option("--confirm <ref>", "consent to that by the project ref")
    .option("--chain", "recompute the chain of the evidence instead")
    .option("--self-test", "see every gate block, on a throw-away platform")
    .action((names: readonly string[], own: Record<string, unknown>) =>
      start(async () => (await import("../commands/verify/verify.command.ts")).runVerify, { names, ...own }),
    );
  target(verify.command("rls"), "Try every way to another user's data; nothing of it remains.")
    .option("--db-url-env <name>", "any database with Supabase's roles: the variable that holds its URL")
    .option("--db-url-file <file>", "the same from a file, or from stdin with -")
    .option("--schema <names>", "exposed schemas, by comma (default: those of config.toml)")
    .option("--seed <file>", "SQL that makes rows; $a and $b stand for the two users' ids")
    .option("--timeout <seconds>", "for the attempts on one group of tables (default: 120)")
    .option("--fingerprint", "read only: compare with what was proven, as on guarded targets")
    .addOption(reportOption())
    .action((own: Record<string, unknown>) =>
      start(async () => (await import("../commands/verify/rls.command.ts")).runVerifyRls, own),
    );
}

export function addExceptions(program: Command, start: Start): void {
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
