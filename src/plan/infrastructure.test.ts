import { describe, expect, it } from "vitest";
import { splitAddresses } from "./infrastructure.ts";

describe("addresses to destroy", () => {
  it.each([
    [["a.b"], ["a.b"]],
    [
      ["a.b, c.d", "e.f"],
      ["a.b", "c.d", "e.f"],
    ],
    [['x.y["a,b"],x.y["c"]'], ['x.y["a,b"]', 'x.y["c"]']],
    [['x.y["a\\",b"], c.d'], ['x.y["a\\",b"]', "c.d"]],
    [["", " , "], []],
  ])("%j are %j", (texts, addresses) => {
    expect(splitAddresses(texts)).toEqual(addresses);
  });
});
