import { resolve } from "node:path";
import { Argument, type Command, Option } from "commander";
import { reportOption, targetNames } from "./options.ts";
import type { RefuseFile, Start } from "./start.ts";

export function addAudit(program: Command, start: Start): void {
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
    .option("--no-deno", "do not ask Deno's check and lint")
    .option("--keep-going", "apply the later migrations too when one fails on the scratch database")
    .option("--baseline <file>", "findings that are accepted, each until a day")
    .option("--write-baseline <file>", "accept what is found now, for 90 days")
    .option("--decide <name=verdict>", "record KEEP, DELETE, MERGE or DEFER for a function of this project")
    .option("--by <name>", "who decided")
    .option("--evidence <text>", "on what it was decided")
    .addOption(reportOption())
    .action((area: string, dir: string | undefined, own: Record<string, unknown>) =>
      start(
        async () => (await import("../commands/audit/audit.command.ts")).runAudit,
        {
          area,
          ...(dir == null ? {} : { dir }),
          ...own,
        },
        refuseInto(dir ?? program.opts<{ project?: string }>().project),
      ),
    );
  program
    .command("explain")
    .description("What a rule or gate means, with an example and the way out.")
    .argument("<id>", "such as definer-search-path")
    .action((id: string, own: Record<string, unknown>) =>
      start(async () => (await import("../commands/explain/explain.command.ts")).runExplain, { id, ...own }),
    );
}

/** The audit writes nothing into the folder it audits. */
function refuseInto(dir: string | undefined): RefuseFile {
  return async (cwd, path) => {
    if (dir == null) return;
    const { refuseForeignFolder } = await import("../commands/audit/output-file.ts");
    await refuseForeignFolder(cwd, resolve(cwd, dir), path);
  };
}
