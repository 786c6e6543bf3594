import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { IsolationProof } from "../plan/access/isolation-proof.ts";

const schema = z.object({
  at: z.string(),
  actor: z.string(),
  where: z.string(),
  fingerprint: z.object({ sha256: z.string(), parts: z.record(z.string(), z.string()) }),
});

const folder = ".bee/proofs";
const file = "isolation.json";

/** The newest proof made from this project; null when there is none, or none that can be read. */
export async function readProof(root: string): Promise<IsolationProof | null> {
  const text = await readFile(join(root, folder, file), "utf8").catch(() => null);
  if (text == null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export async function keepProof(root: string, proof: IsolationProof): Promise<void> {
  await mkdir(join(root, folder), { recursive: true, mode: 0o700 });
  await writeFile(join(root, folder, file), `${JSON.stringify(proof, null, 1)}\n`, { mode: 0o600 });
}
