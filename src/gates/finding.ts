import type { Finding } from "../core/verdict.ts";

/** A blocking finding of a gate; its key is the gate and the subject, so that a waiver fits one thing. */
export function finding(rule: string, subject: string, detail: string, fix: string): Finding {
  return { key: `${rule}:${subject}`, rule, severity: "error", subject, detail, fix };
}
