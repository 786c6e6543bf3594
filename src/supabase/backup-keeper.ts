import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { BackupPoint } from "../plan/backup-state.ts";
import type { BackupKeeper } from "../ports/backups.ts";
import { ApiError } from "./api-error.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type ManagementApi, parseReply } from "./management-api.ts";

const backupsSchema = z.object({
  pitr_enabled: z.boolean(),
  backups: z.array(
    z.object({
      id: z.number(),
      is_physical_backup: z.boolean(),
      status: z.string(),
      inserted_at: z.string(),
    }),
  ),
});

const pointSchema = z.object({ name: z.string(), status: z.string(), completed_on: z.string().nullish() });

/** How long a restore point may stay PENDING. */
const patienceMs = 120_000;

export function createBackupKeeper(
  api: ManagementApi,
  ref: string,
  clock: Clock = systemClock,
): BackupKeeper {
  const path = `/v1/projects/${ref}/database/backups`;
  const pointPath = `${path}/restore-point`;

  async function read() {
    const reply = await api.request({ method: "GET", path, repeatable: true });
    const { pitr_enabled: pitrEnabled, backups } = parseReply(backupsSchema, reply, `GET ${path}`);
    const points = backups
      .filter(({ status }) => status === "COMPLETED")
      .map(({ id, inserted_at }): BackupPoint => {
        return { id: String(id), name: `backup ${id}`, takenAt: inserted_at, kind: "physical" };
      });
    return { pitrEnabled, points };
  }

  /** Null while it is PENDING. */
  function judgePoint(reply: unknown): BackupPoint | null {
    const { name, status, completed_on } = parseReply(pointSchema, reply, `restore point of ${ref}`);
    if (status === "PENDING") return null;
    if (status !== "AVAILABLE") throw pointFailed(name, status);
    return {
      id: name,
      name,
      takenAt: completed_on ?? new Date(clock.now()).toISOString(),
      kind: "restore-point",
    };
  }

  async function waitForPoint(name: string): Promise<BackupPoint> {
    for (const until = clock.now() + patienceMs; clock.now() < until; await clock.sleep(2_000)) {
      const query = { name };
      const point = judgePoint(
        await api.request({ method: "GET", path: pointPath, query, repeatable: true }),
      );
      if (point != null) return point;
    }
    throw pointFailed(name, "PENDING");
  }

  return {
    read,
    async create(name) {
      const at = new Date(clock.now()).toISOString();
      try {
        const json = { name };
        const reply = await api.request({ method: "POST", path: pointPath, json, repeatable: false });
        return judgePoint(reply) ?? (await waitForPoint(name));
      } catch (error) {
        if (!(error instanceof ApiError) || error.status === 401) throw error;
        // Without an answer, or when it is there already, it may be the one an interrupted run asked for.
        if (error.status == null || error.status === 409) return await waitForPoint(name);
        // The endpoint is internal and may be refused; then point-in-time recovery must do.
        if (!(await read()).pitrEnabled) throw noBackup(error);
        return { id: at, name, takenAt: at, kind: "pitr" };
      }
    },
  };
}

function noBackup(cause: ApiError): BeeError {
  return new BeeError({
    code: "BEE-E330",
    message: `No backup point can be taken: ${cause.message}`,
    detail: "Point-in-time recovery is off, so there would be nothing to go back to. Nothing was changed.",
    hint: "Enable point-in-time recovery: Project settings › Add-ons.",
    exit: exitCodes.refused,
    cause,
  });
}

function pointFailed(name: string, status: string): BeeError {
  return new BeeError({
    code: "BEE-E331",
    message: `The restore point ${name} is ${status}`,
    detail: "Without it there would be nothing to go back to. No migration was applied.",
    hint: "Look at the project's backups, then run the same command again.",
    exit: exitCodes.inconclusive,
  });
}
