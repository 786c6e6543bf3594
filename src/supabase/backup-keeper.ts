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

/** Requests for one point, as long as it cannot be found. */
const maxAttempts = 3;

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

  /** Null when there is none of that name. */
  async function readPoint(name: string): Promise<BackupPoint | "pending" | null> {
    try {
      const reply = await api.request({ method: "GET", path: pointPath, query: { name }, repeatable: true });
      return judgePoint(reply) ?? "pending";
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  /** Asked for by name, whatever the request for it answered: a point that nobody can find is none. */
  async function waitForPoint(name: string): Promise<BackupPoint | null> {
    for (const until = clock.now() + patienceMs; clock.now() < until; await clock.sleep(2_000)) {
      const point = await readPoint(name);
      if (point !== "pending") return point;
    }
    throw pointFailed(name, "PENDING");
  }

  return {
    read,
    async create(name) {
      const at = new Date(clock.now()).toISOString();
      for (let attempt = 1; ; attempt += 1) {
        const refusal = await requestPoint(name);
        const point = refusal == null || isUncertain(refusal) ? await waitForPoint(name) : null;
        if (point != null) return point;
        if (refusal != null && !isUncertain(refusal)) {
          // The endpoint is internal and may be refused; then point-in-time recovery must do.
          if (!(await read()).pitrEnabled) throw noBackup(refusal);
          return { id: at, name, takenAt: at, kind: "pitr" };
        }
        if (attempt >= maxAttempts) throw refusal ?? pointFailed(name, "not there");
      }
    },
  };

  /** Null when the API says it was taken, else its no; throws when the token is bad. */
  async function requestPoint(name: string): Promise<ApiError | null> {
    try {
      judgePoint(await api.request({ method: "POST", path: pointPath, json: { name }, repeatable: false }));
      return null;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status === 401) throw error;
      return error;
    }
  }
}

/** Without an answer, or when it is there already, it may be the one an interrupted run asked for. */
function isUncertain({ status, message }: ApiError): boolean {
  return status == null || status === 409 || status >= 500 || message.includes("already exists");
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
