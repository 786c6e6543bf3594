import * as z from "zod";
import type { CloudRevision, CloudService, TrafficShare } from "../plan/traffic.ts";

/** The parts of google.cloud.run.v2 that bee reads; absent fields arrive as their defaults. */
export const conditionSchema = z.object({
  type: z.string(),
  state: z.string(),
  message: z.string().nullish(),
});

const shareSchema = z.object({
  type: z.string().nullish(),
  revision: z.string().nullish(),
  percent: z.number().nullish(),
  tag: z.string().nullish(),
});

const serviceSchema = z.object({
  name: z.string().min(1),
  etag: z.string().nullish(),
  traffic: z.array(shareSchema).nullish(),
  trafficStatuses: z.array(shareSchema).nullish(),
  latestReadyRevision: z.string().nullish(),
  reconciling: z.boolean().nullish(),
  terminalCondition: conditionSchema.nullish(),
});

const revisionSchema = z.object({
  name: z.string().min(1),
  createTime: z.object({ seconds: z.coerce.number(), nanos: z.number().nullish() }),
  deleteTime: z.unknown(),
  conditions: z.array(conditionSchema).nullish(),
});

const latest = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST";

export function parseService(record: unknown): CloudService {
  const service = serviceSchema.parse(record);
  const condition = service.terminalCondition;
  const traffic = (service.traffic ?? []).map(toShare);
  return {
    name: shortName(service.name),
    etag: service.etag ?? "",
    // A service whose traffic nobody ever set.
    traffic: traffic.length === 0 ? [{ revision: null, percent: 100, tag: null }] : traffic,
    serving: (service.trafficStatuses ?? []).map(toShare),
    latestReady: orNull(service.latestReadyRevision, shortName),
    reconciling: service.reconciling === true,
    failure:
      condition?.state === "CONDITION_FAILED" ? (orNull(condition.message, String) ?? "it failed") : null,
  };
}

/** Null for one that is being deleted. */
export function parseRevision(record: unknown): CloudRevision | null {
  const { name, createTime, deleteTime, conditions } = revisionSchema.parse(record);
  if (deleteTime != null) return null;
  const condition = (conditions ?? []).find(({ type }) => type === "Ready");
  const ready = condition?.state === "CONDITION_SUCCEEDED";
  return {
    name: shortName(name),
    createdAt: new Date(createTime.seconds * 1000 + (createTime.nanos ?? 0) / 1e6).toISOString(),
    ready,
    reason: ready ? null : (orNull(condition?.message, String) ?? condition?.state ?? "no condition Ready"),
  };
}

export function renderShare({ revision, percent, tag }: TrafficShare) {
  const type =
    revision == null
      ? ("TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST" as const)
      : ("TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION" as const);
  return { type, percent, ...(revision == null ? {} : { revision }), ...(tag == null ? {} : { tag }) };
}

function toShare(share: z.infer<typeof shareSchema>): TrafficShare {
  const revision = share.type === latest ? null : orNull(share.revision, shortName);
  return { revision, percent: share.percent ?? 0, tag: orNull(share.tag, String) };
}

/** `projects/p/locations/r/services/s` is `s`. */
function shortName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

function orNull<T>(text: string | null | undefined, read: (text: string) => T): T | null {
  return text == null || text === "" ? null : read(text);
}
