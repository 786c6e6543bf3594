import * as z from "zod";
import { BeeError } from "../../core/bee-error.ts";
import { ApiError } from "./api-error.ts";
import type { Backup, ManagementDeps } from "./deps.ts";
import { localRegion } from "./project-routes.ts";
import { readJson } from "./request-body.ts";
import type { RouteTable } from "./router.ts";

const pitrBody = z.object({ recovery_time_target_unix: z.int().min(0) });
const pointBody = z.object({ name: z.string().min(1).max(20) });
const restoreBody = z.object({ id: z.int() });

const renderPoint = ({ name, takenAt }: Backup) => ({ name, status: "AVAILABLE", completed_on: takenAt });

/** Physical backups of the local cluster. There is no point-in-time recovery. */
export function backupRoutes({ backups }: ManagementDeps): RouteTable {
  const path = "/v1/projects/{ref}/database/backups";
  return {
    [`GET ${path}`]: async () => ({
      status: 200,
      body: {
        region: localRegion,
        walg_enabled: false,
        pitr_enabled: false,
        backups: (await backups.list()).map(({ id, takenAt }) => ({
          id,
          is_physical_backup: true,
          status: "COMPLETED",
          inserted_at: takenAt,
        })),
        physical_backup_data: {},
      },
    }),
    [`POST ${path}/restore-pitr`]: async ({ request }) => {
      readJson(request, pitrBody);
      throw new ApiError(400, "PITR is not enabled for this project.");
    },
    [`POST ${path}/restore-point`]: async ({ request }) => {
      const { name } = readJson(request, pointBody);
      const taken = (await backups.list()).some((backup) => backup.name === name);
      if (taken) throw new ApiError(400, `Restore point ${name} already exists`);
      return { status: 201, body: renderPoint(await backups.create(name)) };
    },
    [`GET ${path}/restore-point`]: async ({ request }) => {
      const name = request.query.get("name");
      const points = (await backups.list()).filter((backup) => backup.name != null);
      const point = name == null ? points.at(0) : points.find((backup) => backup.name === name);
      if (point == null) throw new ApiError(404, "Restore point not found");
      return { status: 200, body: renderPoint(point) };
    },
    [`POST ${path}/restore`]: async ({ request }) => {
      const { id } = readJson(request, restoreBody);
      const known = (await backups.list()).some((backup) => backup.id === id);
      if (!known) throw new ApiError(404, "Backup not found");
      await backups.restore(id).catch((error: unknown) => {
        // Of another Postgres: the caller's to know, and nothing was touched.
        throw error instanceof BeeError && error.code === "BEE-E361"
          ? new ApiError(400, error.message)
          : error;
      });
      return { status: 201 };
    },
  };
}
