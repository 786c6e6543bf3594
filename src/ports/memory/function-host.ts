import { createHash } from "node:crypto";
import type { DeployedFunction, FunctionHost } from "../function-host.ts";

interface MemoryFunctionHost extends FunctionHost {
  readonly state: {
    readonly live: Map<string, DeployedFunction & { readonly bytes: Uint8Array }>;
    /** Every write, in order: `stage a`, `activate a b`, `remove a`. */
    readonly writes: string[];
  };
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export function createMemoryFunctionHost(): MemoryFunctionHost {
  const live: MemoryFunctionHost["state"]["live"] = new Map();
  const staged = new Map<string, Uint8Array>();
  const writes: string[] = [];
  return {
    state: { live, writes },
    async list() {
      return [...live.values()].map(({ bytes: _, ...listed }) => listed);
    },
    async stage(artifact, current) {
      writes.push(`stage ${artifact.slug}`);
      const { slug, verifyJwt } = artifact;
      const version = (current?.version ?? 0) + 1;
      const hostSha256 = sha256(artifact.bytes);
      staged.set(`${slug} ${version}`, artifact.bytes);
      return { slug, version, hostSha256, verifyJwt, record: { slug, version, ezbr_sha256: hostSha256 } };
    },
    async activate(functions) {
      writes.push(["activate", ...functions.map((one) => one.slug)].join(" "));
      for (const { slug, version, verifyJwt, hostSha256 } of functions) {
        const bytes = staged.get(`${slug} ${version}`);
        if (bytes == null) throw new Error(`${slug} version ${version} was never staged`);
        live.set(slug, {
          slug,
          id: live.get(slug)?.id ?? slug,
          version,
          status: "ACTIVE",
          verifyJwt,
          hostSha256,
          bytes,
        });
      }
    },
    async remove(slug) {
      writes.push(`remove ${slug}`);
      live.delete(slug);
    },
  };
}
