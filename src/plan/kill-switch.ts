import type { FunctionArtifact } from "./deployed-function.ts";
import { sha256 } from "./digest.ts";

/** Seconds that callers are told to wait. */
const retryAfter = 300;

const source = `Deno.serve(() => new Response(JSON.stringify({ error: { code: "switched_off", message: "This function is switched off for now." } }), { status: 503, headers: { "content-type": "application/json", "retry-after": "${retryAfter}", "cache-control": "no-store" } }));
`;
const bytes = new TextEncoder().encode(source);
const digest = sha256(bytes);

/** Answers 503 with Retry-After (RFC 9110 §10.2.3): callers wait and come back, where a deleted function gives 404. */
export function killSwitch(slug: string, verifyJwt: boolean): FunctionArtifact {
  return { slug, bytes, sha256: digest, verifyJwt };
}

export function isKillSwitch(artifact: { readonly sha256: string }): boolean {
  return artifact.sha256 === digest;
}
