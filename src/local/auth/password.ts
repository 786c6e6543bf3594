import { AuthRefusal } from "./refusal.ts";

export const minPasswordLength = 6;

/** Throws AuthRefusal 422 weak_password. Hosted's default asks for six characters and nothing else. */
export function checkPasswordStrength(password: string): void {
  if ([...password].length >= minPasswordLength) return;
  throw new AuthRefusal(
    422,
    "weak_password",
    `Password should be at least ${minPasswordLength} characters.`,
    {
      weak_password: { reasons: ["length"] },
    },
  );
}

/** SQL that hashes parameter `password` with bcrypt of the cost in parameter `cost`, in hosted's `$2a$` form. */
export function passwordHashSql(password: string, cost: string): string {
  return `extensions.crypt(${password}, extensions.gen_salt('bf', ${cost}))`;
}

/** Stands in for the hash of an unknown user, so that "no such user" takes as long as "wrong password". */
export function unknownUserSalt(cost: number): string {
  return `$2a$${String(cost).padStart(2, "0")}$${"k".repeat(22)}`;
}
