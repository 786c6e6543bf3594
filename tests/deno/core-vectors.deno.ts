import assert from "node:assert/strict";
import { readVectors } from "../vectors/core-vectors.ts";

declare const Deno: { test(name: string, run: () => void): void };

for (const { title, vectors } of readVectors()) {
  for (const { name, run, throws, ...vector } of vectors) {
    Deno.test(`${title}: ${name}`, () => {
      if (throws !== undefined) assert.throws(run, { name: throws });
      else assert.deepEqual(run(), vector.expect);
    });
  }
}
