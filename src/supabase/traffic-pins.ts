import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { TrafficPin } from "../plan/traffic.ts";
import { lockLost } from "../ports/lock-lost.ts";
import type { TrafficPins } from "../ports/traffic-pins.ts";
import { fenceLostState, isSchemaMissing } from "./bee-schema.ts";
import type { Database } from "./database.ts";
import { describeQueryFailure, sqlState } from "./database-error.ts";

const readSql = `select service, pin from bee.traffic_pins order by service collate "C"`;

const keepSql = `
insert into bee.traffic_pins (service, pin)
select kept ->> 'service', kept from bee.assert_fence($1, true) as held, jsonb_array_elements($2::jsonb) as kept
where held on conflict (service) do update set pin = excluded.pin`;

const removeSql = `
delete from bee.traffic_pins using bee.assert_fence($1, true) as held where held and service = $2`;

const pinSchema = z.object({
  service: z.string(),
  revision: z.string(),
  before: z.array(
    z.object({ revision: z.string().nullable(), percent: z.number(), tag: z.string().nullable() }),
  ),
  pinnedAt: z.string(),
}) satisfies z.ZodType<TrafficPin>;

/** Table bee.traffic_pins. The fence is checked in the statement that writes. Throws BEE-E850 for a row that is no pin. */
export function createTrafficPins(database: Database): TrafficPins {
  async function write(sql: string, params: readonly unknown[]): Promise<void> {
    try {
      await database.query(sql, params);
    } catch (error) {
      if (sqlState(error) === fenceLostState || isSchemaMissing(error)) throw lockLost(error);
      throw describeQueryFailure(error, "The traffic pins");
    }
  }
  return {
    async read() {
      try {
        const rows = await database.query<{ service: string; pin: unknown }>(readSql);
        return rows.map(({ service, pin }) => parsePin(service, pin));
      } catch (error) {
        if (isSchemaMissing(error)) return [];
        throw error instanceof BeeError ? error : describeQueryFailure(error, "The traffic pins");
      }
    },
    keep: (pins, fence) => write(keepSql, [fence.token, JSON.stringify(pins)]),
    remove: (service, fence) => write(removeSql, [fence.token, service]),
  };
}

function parsePin(service: string, pin: unknown): TrafficPin {
  const parsed = pinSchema.safeParse(pin);
  if (parsed.success && parsed.data.service === service) return parsed.data;
  throw new BeeError({
    code: "BEE-E850",
    message: `The traffic pin of ${service} cannot be read`,
    detail: "A newer bee wrote it, or somebody changed it. Nothing was changed.",
    hint: `Update bee (git pull && npm ci), or look: select pin from bee.traffic_pins where service = '${service}'`,
    exit: exitCodes.inconclusive,
  });
}
