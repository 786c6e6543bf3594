import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";

/** The URL without a trailing slash. Tokens and keys must not cross a network in the clear. */
export function checkServiceUrl(text: string, what: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const loopback = url != null && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && loopback)) return text.replace(/\/+$/, "");
  throw new BeeError({
    code: "BEE-E208",
    message: `${text} cannot be ${what}: it must be https, or http on loopback`,
    hint: "Correct the target's URLs in bee.config.yaml.",
    exit: exitCodes.usage,
  });
}
