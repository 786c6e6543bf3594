import type { Project } from "../../config/find-project.ts";
import type { TargetName } from "../../config/schema.ts";
import { readLocalState } from "../../local/control.ts";
import type { CommandContext } from "../context.ts";
import { reportError } from "../report-outcome.ts";
import type { Check } from "./check-machine.ts";

/** Whether the target answers: API, database, services, lock. The local platform is not started for it. */
export async function checkTarget(
  ctx: CommandContext,
  project: Project,
  name: TargetName,
): Promise<readonly Check[]> {
  if (name === "local" && (await readLocalState(project.root)) == null) {
    return [{ state: "ok", subject: "target", found: "local platform not running; a deploy starts it" }];
  }
  try {
    const target = await ctx.connect(project, name);
    try {
      const [info, health, holder] = await Promise.all([
        target.ports.project.readProject(),
        target.ports.project.readHealth(),
        target.lock.read(),
      ]);
      const ill = health.filter(({ healthy }) => !healthy).map((service) => service.name);
      return [
        {
          state: "ok",
          subject: "target",
          found: `${info.name} (${target.ref}) ${info.status}, Postgres ${info.postgresVersion}`,
        },
        ill.length === 0
          ? { state: "ok", subject: "services", found: health.map((service) => service.name).join(", ") }
          : {
              state: "fail",
              subject: "services",
              found: `not healthy: ${ill.join(", ")}`,
              fix: "See their logs.",
            },
        holder == null
          ? { state: "ok", subject: "lock", found: "free" }
          : {
              state: "warn",
              subject: "lock",
              found: `held by ${holder.holder}: ${holder.message}`,
              fix: "bee lock status",
            },
      ];
    } finally {
      await target.close();
    }
  } catch (error) {
    const { message, detail, hint } = reportError(error);
    return [
      {
        state: "fail",
        subject: "target",
        found: [message, detail].filter(Boolean).join("; "),
        ...(hint == null ? {} : { fix: hint }),
      },
    ];
  }
}
