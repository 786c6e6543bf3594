import type { CommandContext } from "../context.ts";
import { plainRunner } from "./plain-runner.ts";

export type ChosenEngine =
  | { readonly kind: "embedded" }
  | { readonly kind: "k6"; readonly version: string; readonly path: string };

/** auto takes k6 when it is there and recent enough. Throws BEE-E865 when k6 was asked for and is not. */
export async function chooseEngine(
  asked: "embedded" | "k6" | "auto",
  ctx: CommandContext,
): Promise<ChosenEngine> {
  if (asked === "embedded") return { kind: "embedded" };
  const path = ctx.env["PATH"] ?? "";
  const { assertK6, findK6 } = await import("../../tools/load/k6.ts");
  const version = await findK6(await plainRunner(), path);
  if (asked === "k6") assertK6(version);
  const { isK6Supported } = await import("../../plan/load/k6-invocation.ts");
  if (version == null || !isK6Supported(version)) return { kind: "embedded" };
  return { kind: "k6", version, path };
}
