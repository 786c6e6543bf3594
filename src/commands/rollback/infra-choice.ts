import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { nearest } from "../../core/nearest.ts";

/** The flags of `bee rollback infra` that choose. */
export interface InfraChoice {
  readonly service?: string | undefined;
  /** `NAME` for the one service there is or that is named, else `SERVICE=NAME`. */
  readonly revision?: string | undefined;
}

export interface ChosenServices {
  readonly services: readonly string[];
  readonly revisions: ReadonlyMap<string, string>;
}

/** Throws BEE-E854 for a service that the configuration does not name, or a revision that may be anybody's. */
export function chooseServices(
  { service, revision }: InfraChoice,
  services: readonly string[],
): ChosenServices {
  const [before, after] = revision?.split("=", 2) ?? [];
  const named = service ?? (after == null ? undefined : before);
  const only = named ?? (revision != null && services.length === 1 ? services[0] : undefined);
  if (only != null && !services.includes(only)) throw unknownService(only, services);
  if (revision == null) return { services: only == null ? services : [only], revisions: new Map() };
  if (only == null) throw ambiguous(revision, services);
  return { services: [only], revisions: new Map([[only, after ?? revision]]) };
}

function unknownService(name: string, services: readonly string[]): BeeError {
  const near = nearest(name, services);
  return new BeeError({
    code: "BEE-E854",
    message: `The configuration names no service ${name}${near == null ? "" : `; did you mean ${near}?`}`,
    detail: `${services.length === 0 ? "It names none." : `Services: ${services.join(", ")}`}\nNothing was changed.`,
    hint: "Name one of them, or add it to gcp.services in bee.config.yaml.",
    exit: exitCodes.usage,
  });
}

function ambiguous(revision: string, services: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E854",
    message: `Which service's revision is ${revision}?`,
    detail: `Services: ${services.join(", ")}\nNothing was changed.`,
    hint: services.map((service) => `--revision ${service}=${revision}`).join(" or "),
    exit: exitCodes.usage,
  });
}
