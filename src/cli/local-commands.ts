import type { Command } from "commander";
import type { Start } from "./start.ts";

export function addLocal(program: Command, start: Start): void {
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
