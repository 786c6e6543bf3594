import * as z from "zod";
import { type FilterCondition, parseFilter } from "./change-filter.ts";

const maxBindings = 100;

const changeSchema = z.looseObject({
  event: z.string().max(16),
  schema: z.string().max(255).nullish(),
  table: z.string().max(255).nullish(),
  filter: z.string().max(4096).nullish(),
  select: z.array(z.string().max(255)).max(1600).nullish(),
});

const joinSchema = z.object({
  access_token: z.string().max(16_384).nullish(),
  user_token: z.string().max(16_384).nullish(),
  config: z
    .object({
      broadcast: z.object({ ack: z.boolean().nullish(), self: z.boolean().nullish() }).nullish(),
      presence: z.object({ key: z.string().max(1024).nullish(), enabled: z.boolean().nullish() }).nullish(),
      private: z.boolean().nullish(),
      postgres_changes: z.array(changeSchema).max(maxBindings).nullish(),
    })
    .nullish(),
});

/** A postgres_changes entry: as the client sent it, to be echoed, and as understood; null when it makes no sense. */
export interface RequestedChange {
  readonly echo: Readonly<Record<string, unknown>>;
  readonly wanted: WantedChange | null;
}

export interface WantedChange {
  readonly event: "INSERT" | "UPDATE" | "DELETE" | "*";
  readonly schema: string;
  readonly table: string;
  readonly filterText: string;
  readonly filter: readonly FilterCondition[];
  readonly select: readonly string[] | null;
}

export interface JoinRequest {
  readonly token: string | null;
  readonly acknowledges: boolean;
  readonly echoes: boolean;
  /** Empty when the client leaves it to the server. */
  readonly presenceKey: string;
  readonly presence: boolean;
  readonly private: boolean;
  readonly changes: readonly RequestedChange[];
}

/** The payload of phx_join; or, in one line, why not. */
export function parseJoin(payload: unknown): JoinRequest | { readonly refusal: string } {
  const parsed = joinSchema.safeParse(payload);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { refusal: `InvalidJoinPayload: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim() };
  }
  const { access_token, user_token, config } = parsed.data;
  return {
    token: access_token || user_token || null,
    acknowledges: config?.broadcast?.ack === true,
    echoes: config?.broadcast?.self === true,
    presenceKey: config?.presence?.key ?? "",
    presence: config?.presence?.enabled === true,
    private: config?.private === true,
    changes: (config?.postgres_changes ?? []).map((echo) => ({ echo, wanted: parseChange(echo) })),
  };
}

function parseChange(change: z.infer<typeof changeSchema>): WantedChange | null {
  const event = change.event.toUpperCase();
  if (event !== "*" && event !== "INSERT" && event !== "UPDATE" && event !== "DELETE") return null;
  const table = change.table || "*";
  const filterText = change.filter ?? "";
  const filter = filterText === "" ? [] : parseFilter(filterText);
  if (filter === null || (filter.length > 0 && table === "*")) return null;
  return {
    event,
    schema: change.schema || "public",
    table,
    filterText,
    filter,
    select: change.select ?? null,
  };
}
