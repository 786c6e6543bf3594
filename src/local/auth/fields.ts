import * as z from "zod";

/** HTML's e-mail grammar, which GoTrue checks too. */
const emailForm =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Clients send "" for "not given". */
const orAbsent = <T>(schema: z.ZodType<T>) =>
  z.preprocess((value) => (value === "" || value === null ? undefined : value), schema.optional());

export const emailField = orAbsent(
  z
    .string()
    .max(255)
    .transform((email) => email.trim().toLowerCase())
    .refine((email) => emailForm.test(email), "Unable to validate email address: invalid format"),
);

/** E.164, kept without the plus sign as GoTrue does. */
export const phoneField = orAbsent(
  z
    .string()
    .max(32)
    .transform((phone) => phone.replace(/^\+/, ""))
    .refine((phone) => /^[1-9]\d{1,14}$/.test(phone), "Invalid phone number format (E.164 required)"),
);

export const passwordField = orAbsent(
  z
    .string()
    .refine((password) => Buffer.byteLength(password) <= 72, "Password cannot be longer than 72 characters"),
);

export const metadataField = orAbsent(z.record(z.string(), z.unknown()));

export const tokenField = orAbsent(z.string().max(512));
