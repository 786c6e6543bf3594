import { type Command, Option } from "commander";
import { target } from "./options.ts";
import type { Start } from "./start.ts";

export function addLoadtest(program: Command, start: Start): void {
  const loadtest = program
    .command("loadtest")
    .description("Put a target under load and judge it by the success metrics.");
  load(loadtest.command("functions"), "Call the functions and the API as the app's users do.")
    .addOption(
      new Option("--scenario <name>", "what the users do")
        .choices(["momentum-calculator", "event-ingestion", "mixed-day"])
        .default("momentum-calculator"),
    )
    .addOption(
      new Option("--engine <name>", "what makes the calls; auto takes k6 when it is on the PATH")
        .choices(["auto", "embedded", "k6", "cloud-run", "k6-cloud"])
        .default("auto"),
    )
    .option("--script <file>", "a k6 script of your own instead of a scenario; its load is what it says")
    .option("--shards <n>", "generators at once, with --engine cloud-run or --emit (default: 2)")
    .addOption(
      new Option("--emit <what>", "print a manifest for others to run, and send nothing").choices([
        "k6-operator",
      ]),
    )
    .option("--image <name@sha256:…>", "the image of k6, for --emit")
    .action(({ report, ...own }: Record<string, unknown>) =>
      start(async () => (await import("../commands/loadtest/functions.command.ts")).runLoadFunctions, {
        ...own,
        ...page(report),
      }),
    );
  load(loadtest.command("database"), "Run the app's hot queries as its users, under row level security.")
    .addOption(
      new Option("--engine <name>", "what runs them; auto takes pgbench when it is on the PATH")
        .choices(["embedded", "pgbench", "auto"])
        .default("auto"),
    )
    .action(({ report, ...own }: Record<string, unknown>) =>
      start(async () => (await import("../commands/loadtest/database.command.ts")).runLoadDatabase, {
        ...own,
        ...page(report),
      }),
    );
  probe(
    loadtest.command("realtime"),
    "How long until a user sees the score of what they did; nobody else may.",
    {
      rate: "2",
      duration: "40",
    },
  ).action(({ report, ...own }: Record<string, unknown>) =>
    start(async () => (await import("../commands/loadtest/realtime.command.ts")).runLoadRealtime, {
      ...own,
      ...page(report),
    }),
  );
  probe(loadtest.command("health"), "Probe from outside whether the project answers.", {
    rate: "10",
    duration: "300",
  }).action(({ report, ...own }: Record<string, unknown>) =>
    start(async () => (await import("../commands/loadtest/health.command.ts")).runLoadHealth, {
      ...own,
      ...page(report),
    }),
  );
  target(loadtest.command("compare"), "Compare two kept runs: at most 10 % slower is let pass.")
    .argument("<before>", "number of an evidence record, or a release such as r12")
    .argument("<after>", "the same")
    .action((before: string, after: string, own: Record<string, unknown>) =>
      start(async () => (await import("../commands/loadtest/compare.command.ts")).runLoadCompare, {
        before,
        after,
        ...own,
      }),
    );
}

export function addMomentum(program: Command, start: Start): void {
  const momentum = program.command("momentum").description("The momentum scores that are stored.");
  target(momentum.command("verify"), "Recompute stored scores and count those that differ.")
    .option("--sample <n>", "how many scores, chosen evenly", "500")
    .action((own: Record<string, unknown>) =>
      start(async () => (await import("../commands/momentum/verify.command.ts")).runMomentumVerify, own),
    );
}

/** A page is a file of its own kind: it shows one run, not checks. */
function page(report: unknown): Record<string, unknown> {
  return report == null ? {} : { page: report };
}

function load(command: Command, description: string): Command {
  return rails(
    target(command, description)
      .option("--rate <n>", "highest arrivals per second", "20")
      .option("--duration <seconds>", "how long, without warm-up (default: by the profile)")
      .addOption(
        new Option("--profile <name>", "how the rate goes")
          .choices(["constant", "ramp", "soak", "spike"])
          .default("constant"),
      ),
  );
}

function probe(
  command: Command,
  description: string,
  { rate, duration }: { readonly rate: string; readonly duration: string },
): Command {
  return rails(
    target(command, description)
      .option("--rate <n>", "probes per second", rate)
      .option("--duration <seconds>", "how long", duration),
  );
}

function rails(command: Command): Command {
  return command
    .option("--host <name>", "on a guarded target: the host that may be put under load")
    .option("--max-rate <n>", "on a guarded target: the highest rate that it may meet")
    .option("-y, --yes", "consent to an unguarded target such as staging")
    .option("--confirm <ref>", "consent to a guarded target by its project ref")
    .option("--report <html=file>", "also write a page with distribution and percentiles over time");
}
