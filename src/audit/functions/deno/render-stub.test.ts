import { beforeAll, describe, expect, it } from "vitest";
import type { ParseCode } from "../../../plan/syntax.ts";
import { createCodeParser } from "../../../tools/code-parser.ts";
import { parseModule } from "../analysis/module.ts";
import { findRemoteNames } from "./remote-names.ts";
import { renderStub } from "./render-stub.ts";

let parse: ParseCode;
beforeAll(async () => {
  parse = await createCodeParser();
});

function namesOf(text: string): Record<string, Record<string, readonly string[]>> {
  const module = parseModule({ path: "index.ts", text }, parse);
  const found = findRemoteNames(module, (specifier) => /^(npm|jsr):/.test(specifier));
  return Object.fromEntries(
    [...found].map(([specifier, names]) => [
      specifier,
      Object.fromEntries([...names].map(([name, below]) => [name, [...below]])),
    ]),
  );
}

describe("a stand-in for a remote module", () => {
  it("has the names that its importers take, and the types they look for below them", () => {
    expect(
      namesOf(`
        import Stripe, { type Event as StripeEvent, errors } from "npm:stripe";
        import * as jose from "jsr:@panva/jose";
        import { local } from "./local.ts";
        export { z } from "npm:zod";
        export * from "npm:all";
        const a: Stripe.Checkout.Session = jose.decodeJwt("x");
        type B = jose.JWTPayload | errors.Kind | import("npm:types").Deep.Name;
        const c = await import("npm:late");
        local.call(StripeEvent);
      `),
    ).toEqual({
      "npm:stripe": { default: ["Checkout.Session", "Checkout"], Event: [], errors: ["Kind"] },
      "jsr:@panva/jose": { decodeJwt: [], JWTPayload: [] },
      "npm:zod": { z: [] },
      "npm:all": {},
      "npm:types": { Deep: ["Name"] },
      "npm:late": {},
    });
  });

  it("makes each name any value, any type and any namespace", () => {
    const names = new Map([
      ["default", new Set(["Checkout.Session", "Event"])],
      ["delete", new Set<string>()],
      ["a name", new Set<string>()],
    ]);
    const any = "<A = any, B = any, C = any, D = any> = any";
    expect(renderStub(names)).toBe(
      [
        `const any0: any = 0; type any0${any}; namespace any0 { export type Checkout${any}; export namespace Checkout { export type Session${any}; } export type Event${any}; }`,
        `const any1: any = 0; type any1${any};`,
        `const any2: any = 0; type any2${any};`,
        `export { any0 as default, any1 as delete, any2 as "a name" };`,
        "",
      ].join("\n"),
    );
  });
});
