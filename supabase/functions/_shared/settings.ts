import { notConfigured } from "./refusal.ts";

/** `https://a.example, https://b.example`; exact origins, nothing else is let in. */
export function parseOrigins(text: string | undefined): readonly string[] {
  const origins = (text ?? "").split(",").map((origin) => origin.trim());
  return origins.filter((origin) => /^https?:\/\/[^/*\s]+$/.test(origin));
}

/** A whole number from 1 to a million; refuses anything else with 503 naming the secret. */
export function parseCount(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined || text.trim() === "") return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value;
  throw notConfigured(`The secret ${name} must be a whole number from 1 to 1000000`);
}
