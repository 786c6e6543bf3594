import * as z from "zod";
import { emailField, metadataField, passwordField, phoneField } from "./fields.ts";

/** Longest ban: hosted's timestamps end long before this does. */
const maxBanHours = 100 * 365 * 24;

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** A Go duration of hours to milliseconds (`24h`, `1h30m`); null when it is none. */
export function parseDuration(text: string): number | null {
  if (!/^(\d{1,9}(\.\d{1,6})?(h|ms|m|s))+$/.test(text)) return null;
  let total = 0;
  for (const [, amount, , unit] of text.matchAll(/(\d+(\.\d+)?)(h|ms|m|s)/g)) {
    total += Number(amount) * (unitMs[unit ?? ""] ?? 0);
  }
  return total <= maxBanHours * 3_600_000 ? total : null;
}

/** Milliseconds; 0 lifts the ban. */
const banField = z
  .string()
  .max(64)
  .transform((text, check) => {
    const duration = text === "none" ? 0 : parseDuration(text);
    if (duration !== null) return duration;
    check.addIssue({ code: "custom", message: `invalid format for ban duration: ${text}` });
    return z.NEVER;
  });

export const adminUserBody = z.object({
  id: z.uuid().optional(),
  role: z.string().max(255).optional(),
  email: emailField,
  phone: phoneField,
  password: passwordField,
  email_confirm: z.boolean().nullish(),
  user_metadata: metadataField,
  app_metadata: metadataField,
  ban_duration: banField.optional(),
});
