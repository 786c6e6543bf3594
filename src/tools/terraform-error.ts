import { BeeError, type BeeErrorFields } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { InvocationResult } from "./invocation.ts";
import { parseErrors } from "./terraform-output.ts";

export type TerraformVerb = "init" | "plan" | "show" | "apply";

/** What terraform printed, as bee says it. */
export function describeTerraformFailure(
  verb: TerraformVerb,
  dir: string,
  { exitCode, stdout, stderr }: InvocationResult,
): BeeError {
  const errors = parseErrors(stdout);
  const first = errors[0];
  const said = errors
    .map(({ summary, detail, at }) => [at, summary, detail].filter(Boolean).join("\n"))
    .join("\n\n");
  const text = said === "" ? stderr.trim() || stdout.trim() : said;
  const untouched = (more: string) => [text.slice(0, 4000), more].join("\n");
  const base = known(verb, first?.summary ?? text, dir);
  return new BeeError({
    ...base,
    message: `terraform ${verb} (${dir}): ${base.message ?? first?.summary ?? `exit code ${exitCode}`}`,
    detail: untouched(
      verb === "apply" ? (base.detail ?? "A part of the plan may be applied.") : "Nothing was changed.",
    ),
  });
}

type Known = Omit<BeeErrorFields, "message"> & { readonly message?: string };

function known(verb: TerraformVerb, summary: string, dir: string): Known {
  if (/acquiring the state lock/i.test(summary)) {
    return {
      code: "BEE-E813",
      message: "the state is locked by somebody else",
      detail: "Nothing was changed.",
      hint: `Wait for it. If its process is gone: terraform -chdir=${dir} force-unlock ID`,
      exit: exitCodes.locked,
    };
  }
  if (/saved plan (is stale|does not match)/i.test(summary)) {
    return {
      code: "BEE-E816",
      message: "the state changed since the plan",
      detail: "Nothing was changed.",
      hint: "Run the same command again: it plans from what is there now.",
      exit: exitCodes.stale,
    };
  }
  if (/unsupported terraform core version/i.test(summary)) {
    return {
      code: "BEE-E811",
      hint: "Install the version that the configuration asks for.",
      exit: exitCodes.usage,
    };
  }
  if (
    verb === "init" ||
    /backend initialization|dependency lock file|required plugins|not installed/i.test(summary)
  ) {
    return {
      code: "BEE-E812",
      message: "the configuration cannot be made ready",
      hint: `terraform -chdir=${dir} init`,
      exit: exitCodes.usage,
    };
  }
  if (verb === "apply") {
    return {
      code: "BEE-E817",
      hint: "Run the same command again: it plans what is left.",
      exit: exitCodes.partial,
    };
  }
  return {
    code: "BEE-E814",
    hint: `Mend it, then look: terraform -chdir=${dir} plan`,
    exit: exitCodes.usage,
  };
}

export function notInstalled({ message, detail }: BeeError, wanted: string): BeeError {
  return new BeeError({
    code: "BEE-E840",
    message,
    detail: detail ?? "Nothing was changed.",
    hint: `Install terraform ${wanted} or later 1.x (https://developer.hashicorp.com/terraform/install) so that it is found on the PATH.`,
    exit: exitCodes.usage,
  });
}

export function tooOld(found: string | null, wanted: string): BeeError {
  return new BeeError({
    code: "BEE-E811",
    message: found == null ? "terraform does not tell its version" : `terraform ${found} is too old`,
    detail: `At least ${wanted} is needed. Nothing was changed.`,
    hint: `Install terraform ${wanted} or later 1.x.`,
    exit: exitCodes.usage,
  });
}

export function notUnderstood(dir: string): BeeError {
  return new BeeError({
    code: "BEE-E818",
    message: `terraform show (${dir}) answered a plan in a form that this bee does not know`,
    detail: "What is not understood is not applied. Nothing was changed.",
    hint: "Update bee, or use a terraform 1.x that it knows.",
    exit: exitCodes.inconclusive,
  });
}

export function planGone(): BeeError {
  return new BeeError({
    code: "BEE-E816",
    message: "The saved plan is gone, or is not the one that was shown",
    detail: "Nothing was changed.",
    hint: "Run the same command again: it plans anew.",
    exit: exitCodes.stale,
  });
}

export function notThere(dir: string): BeeError {
  return new BeeError({
    code: "BEE-E810",
    message: `There is no terraform configuration in ${dir}`,
    detail: "Nothing was changed.",
    hint: "Name the folder with the *.tf files.",
    exit: exitCodes.usage,
  });
}
