import assert from "node:assert/strict";
import { describe, it } from "vitest";
import { readVectors } from "../../tests/vectors/core-vectors.ts";

describe.each(readVectors())("$title", ({ vectors }) => {
  it.each(vectors)("$name", ({ run, throws, ...vector }) => {
    if (throws !== undefined) assert.throws(run, { name: throws });
    else assert.deepEqual(run(), vector.expect);
  });
});
