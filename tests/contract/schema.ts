import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly format?: string;
}

interface Contract {
  readonly operations: Readonly<
    Record<string, { readonly responses: Readonly<Record<string, Schema | null>> }>
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Recorded {
  readonly status: number;
  readonly body: unknown;
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, name), "utf8"));

export const contract = read("openapi.json") as Contract;
export const recorded = read("recorded.json") as Readonly<Record<string, readonly Recorded[]>>;
export const captured = read("captured.json") as Readonly<
  Record<
    string,
    readonly {
      readonly method: string;
      readonly path: string;
      readonly query: string;
      readonly body: unknown;
    }[]
  >
>;

const typeOf = (value: unknown) =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "array"
      : Number.isInteger(value)
        ? "integer"
        : typeof value;

/** What is wrong with a value by an OpenAPI 3.0 schema; empty when nothing is. */
export function judgeSchema(schema: Schema, value: unknown, at = "body"): readonly string[] {
  if (schema.$ref != null) {
    const named = contract.components.schemas[schema.$ref.split("/").at(-1) ?? ""];
    return named == null ? [`${at}: unknown ${schema.$ref}`] : judgeSchema(named, value, at);
  }
  if (value === null && schema.nullable) return [];
  if (schema.oneOf != null) {
    const matching = schema.oneOf.filter((option) => judgeSchema(option, value, at).length === 0);
    return matching.length > 0 ? [] : [`${at}: matches none of oneOf`];
  }
  const actual = typeOf(value);
  if (schema.type != null && actual !== schema.type && !(schema.type === "number" && actual === "integer")) {
    return [`${at}: expected ${schema.type}, got ${actual}`];
  }
  const wrong: string[] = [];
  if (schema.enum != null && !schema.enum.includes(value))
    wrong.push(`${at}: ${JSON.stringify(value)} is not in the enum`);
  if (typeof value === "string") {
    if (schema.pattern != null && !new RegExp(schema.pattern, "u").test(value))
      wrong.push(`${at}: ${value} does not match ${schema.pattern}`);
    if (
      value.length < (schema.minLength ?? 0) ||
      value.length > (schema.maxLength ?? Number.POSITIVE_INFINITY)
    )
      wrong.push(`${at}: length ${value.length}`);
    if (schema.format === "date-time" && Number.isNaN(Date.parse(value)))
      wrong.push(`${at}: ${value} is no date-time`);
  }
  if (typeof value === "number" && value < (schema.minimum ?? Number.NEGATIVE_INFINITY))
    wrong.push(`${at}: ${value} is too small`);
  if (Array.isArray(value) && schema.items != null) {
    const { items } = schema;
    wrong.push(...value.flatMap((item, i) => judgeSchema(items, item, `${at}[${i}]`)));
  }
  if (actual === "object") {
    const object = value as Readonly<Record<string, unknown>>;
    for (const name of schema.required ?? []) if (!(name in object)) wrong.push(`${at}.${name}: missing`);
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      if (object[name] !== undefined) wrong.push(...judgeSchema(property, object[name], `${at}.${name}`));
    }
  }
  return wrong;
}
