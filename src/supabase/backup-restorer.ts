import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { RestoreChoice } from "../plan/choose-restore-point.ts";
import type { BackupRestorer } from "../ports/backup-restorer.ts";
import { ApiError } from "./api-error.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type ManagementApi, parseReply } from "./management-api.ts";

const backupsSchema = z.object({
  pitr_enabled: z.boolean(),
  backups: z.array(z.object({ id: z.number(), status: z.string(), inserted_at: z.string() })),
  physical_backup_data: z
    .object({
      earliest_physical_backup_date_unix: z.number().optional(),
      latest_physical_backup_date_unix: z.number().optional(),
    })
    .nullish(),
});

const projectSchema = z.object({ status: z.string() });

interface BackupRestorerOptions {
  readonly clock?: Clock;
  /** Restores of large projects take hours. */
  readonly patienceMs?: number;
  readonly pollMs?: number;
}

/** `restore` and `restore-pitr` of the Management API (POST /v1/projects/{ref}/database/backups/…). */
export function createBackupRestorer(
  api: ManagementApi,
  ref: string,
  options: BackupRestorerOptions = {},
): BackupRestorer {
  const { clock = systemClock, patienceMs = 6 * 3_600_000, pollMs = 5_000 } = options;
  const path = `/v1/projects/${ref}/database/backups`;

  async function ask(choice: RestoreChoice): Promise<void> {
    const request =
      choice.kind === "pitr"
        ? {
            path: `${path}/restore-pitr`,
            json: { recovery_time_target_unix: Math.floor(Date.parse(choice.takenAt) / 1000) },
          }
        : { path: `${path}/restore`, json: { id: Number(choice.id) } };
    try {
      await api.request({ method: "POST", ...request, repeatable: false, timeoutMs: 900_000 });
    } catch (error) {
      // Without an answer it may have begun; the project's status tells.
      if (error instanceof ApiError && error.status == null) return;
      throw error instanceof ApiError ? refused(choice, error) : error;
    }
  }

  return {
    async read() {
      const reply = await api.request({ method: "GET", path, repeatable: true });
      const parsed = parseReply(backupsSchema, reply, `GET ${path}`);
      const { earliest_physical_backup_date_unix: from, latest_physical_backup_date_unix: to } =
        parsed.physical_backup_data ?? {};
      const iso = (unix: number): string => new Date(unix * 1000).toISOString();
      return {
        backups: parsed.backups
          .filter(({ status }) => status === "COMPLETED")
          .map(({ id, inserted_at }) => ({ id: String(id), takenAt: new Date(inserted_at).toISOString() }))
          .toSorted((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt)),
        pitr: parsed.pitr_enabled && from != null && to != null ? { from: iso(from), to: iso(to) } : null,
      };
    },
    async restore(choice, onWait) {
      await ask(choice);
      let last = "";
      for (const until = clock.now() + patienceMs; clock.now() < until; await clock.sleep(pollMs)) {
        const reply = await api.request({ method: "GET", path: `/v1/projects/${ref}`, repeatable: true });
        const { status } = parseReply(projectSchema, reply, `GET /v1/projects/${ref}`);
        if (status === "ACTIVE_HEALTHY") return;
        if (status.endsWith("_FAILED")) throw failed(choice, status);
        if (status !== last) onWait(status);
        last = status;
      }
      throw failed(choice, `still ${last} after ${Math.round(patienceMs / 60_000)} min`);
    },
  };
}

function refused(choice: RestoreChoice, cause: ApiError): BeeError {
  return new BeeError({
    code: "BEE-E357",
    message: `The platform refuses to restore ${choice.takenAt}: ${cause.message}`,
    detail: "Nothing was changed.",
    hint:
      choice.kind === "pitr"
        ? "Enable point-in-time recovery (Project settings › Add-ons), or name a backup."
        : "bee rollback database --check lists what there is.",
    exit: exitCodes.refused,
    cause,
  });
}

function failed(choice: RestoreChoice, status: string): BeeError {
  return new BeeError({
    code: "BEE-E358",
    message: `The restore of ${choice.takenAt} did not end well: the project is ${status}`,
    detail: "The platform was told to restore; what the database holds is not known.",
    hint: "Look at the project's status page and ask the platform's support; then: bee status",
    exit: exitCodes.rollbackFailed,
  });
}
