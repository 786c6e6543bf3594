import type { Report } from "../../output/report.ts";
import { splitAddresses } from "../../plan/infrastructure.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags } from "../flags.ts";
import { infraFlags } from "./infra-flags.ts";
import { createInfraLayer } from "./infra-layer.ts";
import { retire } from "./infra-retire.ts";
import { takeDown } from "./infra-terraform.ts";
import { runLayer } from "./run-layer.ts";

/**
 * `bee rollback infra`: Cloud Run traffic to the prior ready revision, until the next deploy. With --retire a legacy
 * service is deleted, with --terraform the configured services are taken away by a plan that was shown.
 */
export async function runRollbackInfra(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(infraFlags, flags);
  if (input.terraform) return takeDown({ ...input, destroy: splitAddresses(input.destroy) }, ctx);
  const [retired] = input.retire;
  if (retired != null) return retire(retired, input, ctx);
  const { service, revision } = input;
  return runLayer(createInfraLayer({ service, revision, asked: true }), input, ctx);
}
