import * as z from "zod";
import { targetFlags } from "../flags.ts";

/** One of: moving traffic, --retire, --terraform. */
export const infraFlags = z
  .strictObject({
    ...targetFlags,
    to: z.string().optional(),
    service: z.string().optional(),
    revision: z.string().optional(),
    /** Named twice: meant. */
    retire: z.array(z.string()).readonly().default([]),
    terraform: z.boolean().default(false),
    destroy: z.array(z.string()).readonly().default([]),
    check: z.boolean().default(false),
    yes: z.boolean().default(false),
    confirm: z.string().optional(),
  })
  .superRefine(({ to, service, revision, retire, terraform, destroy }, issues) => {
    const refuse = (flag: string, message: string) =>
      issues.addIssue({ code: "custom", path: [flag], message });
    const moves = to != null || service != null || revision != null;
    if ([moves, retire.length > 0, terraform].filter(Boolean).length > 1) {
      refuse(terraform ? "terraform" : "retire", "goes alone: no traffic moves with it");
    }
    if (to != null && revision != null) refuse("to", "names the revisions already; leave --revision out");
    if (service != null && revision?.includes("="))
      refuse("service", "is named by --revision SERVICE=NAME already");
    if (destroy.length > 0 && !terraform) refuse("destroy", "goes with --terraform");
    if (new Set(retire).size > 1) refuse("retire", "one service at a time, named twice");
  });

export type InfraInput = z.infer<typeof infraFlags>;
