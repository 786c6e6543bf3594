/** A request that a function must not take. */
export interface BentBody {
  readonly name: string;
  readonly text: string;
  readonly contentType: string;
  /** `refused`: only a 4xx will do. `survived`: it may be taken, but nothing may break (5xx). */
  readonly wanted: "refused" | "survived";
}

type Body = Readonly<Record<string, unknown>>;

const json = "application/json";
const megabyte = 1024 * 1024;
const depth = 5_000;

/** Texts of a form that junk cannot have: an id, a date, a mail address, a number. */
const strictText = /^([0-9a-f-]{36}|\d{4}-\d\d-\d\d.*|[^@\s]+@[^@\s]+|[\d.]+)$/i;

const oddTexts: readonly (readonly [string, string])[] = [
  ["a NUL character", "\u0000"],
  ["control characters", "\u0001\u0008\u001b[2J"],
  ["half a surrogate pair", "\ud800"],
  ["reversed and combining unicode", "\u202etest\u0301\u{1f469}\u200d\u{1f4bb}"],
  ["a text of 20,000 characters", "x".repeat(20_000)],
];

const wrongTypes: readonly (readonly [string, unknown, string])[] = [
  ["a number", 7, "number"],
  ["a text", "junk", "string"],
  ["a list", ["junk"], "array"],
  ["an object", { junk: true }, "object"],
];

/**
 * Ways to bend a request, by the plan's list: missing, wrong type, null, huge, nested, odd characters, wrong content
 * type, other shapes, `__proto__`. Without a valid body only those that are wrong in any case.
 */
export function assembleBentBodies(body: Body | null, optional: readonly string[]): readonly BentBody[] {
  return [...bendWhole(body ?? {}), ...(body == null ? [] : bendFields(body, optional))];
}

function bendWhole(body: Body): readonly BentBody[] {
  const whole = JSON.stringify(body);
  const within = whole === "{}" ? "{" : `${whole.slice(0, -1)},`;
  const refused = (name: string, text: string, contentType = json): BentBody => ({
    name,
    text,
    contentType,
    wanted: "refused",
  });
  return [
    refused("a body that breaks off", `${within}"half": tr`),
    refused("a list instead of an object", `[${whole}]`),
    refused("a text instead of an object", JSON.stringify(whole)),
    refused("text/plain", whole === "{}" ? "junk" : whole, "text/plain"),
    refused("a body of more than 1 MB", `${within}"padding":"${"x".repeat(megabyte + 1024)}"}`),
    refused("a deeply nested body", `${within}"nested":${"[".repeat(depth)}${"]".repeat(depth)}}`),
    refused("__proto__", `${within}"__proto__":{"admin":true}}`),
  ];
}

function bendFields(body: Body, optional: readonly string[]): readonly BentBody[] {
  return Object.entries(body).flatMap(([field, value]) => {
    const bent = (name: string, changed: unknown, wanted: BentBody["wanted"] = "refused"): BentBody => ({
      name: `${field}: ${name}`,
      text: JSON.stringify({ ...body, [field]: changed }),
      contentType: json,
      wanted,
    });
    const absent = optional.includes(field) ? [] : [bent("missing", undefined), bent("null", null)];
    const types = wrongTypes
      .filter(([, , type]) => type !== typeOf(value))
      // JSON has one kind of number, and a text may well be taken for any text.
      .map(([name, wrong]) => bent(name, wrong));
    return [...absent, ...types, ...bendText(value, bent)];
  });
}

function bendText(
  value: unknown,
  bent: (name: string, changed: unknown, wanted: BentBody["wanted"]) => BentBody,
): readonly BentBody[] {
  if (typeof value !== "string") return [];
  const wanted = strictText.test(value) ? "refused" : "survived";
  return oddTexts.map(([name, odd]) => bent(name, odd, wanted));
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}
