import type { Call } from "./call.ts";
import { isPersonal } from "./member.ts";
import { keyOf, part, parts } from "./node.ts";
import { deepTags, has, tagged, tags, unknown, type Value } from "./value.ts";

const makes =
  /(^|\/)(zod|valibot|superstruct|yup|joi|typebox)[^#]*#(.*\.)?(object|strictObject|looseObject)$/i;

/** What leaves no room for a text of the caller's own. */
const narrow =
  /\b(uuid|guid|cuid2?|ulid|nanoid|regex|enum|nativeEnum|picklist|literal|number|int|bigint|boolean|date|datetime|iso\w*|ip)\b/;

/** `z.object({ id: z.string().uuid() })`: its fields, and which of them have a shape. Null for other calls. */
export function schemaMade({ scope, node, path, self, method, args }: Call): Value | null {
  if (self.path === "@schema" && !checks.test(method)) return self;
  if (!makes.test(path) || args[0]?.members == null) return null;
  const given = parts(node, "arguments")[0] ?? node;
  const fields = parts(given, "properties").flatMap((one): [string, Value][] => {
    const name = keyOf(one, "key");
    const value = part(one, "value");
    if (name == null || value == null) return [];
    const text = scope.module.text.slice(value.start, value.end);
    return [
      [name, { ...tagged(narrow.test(text) ? tags.shaped : 0), path: isOpenList(text) ? "@list" : "" }],
    ];
  });
  return { ...unknown, path: "@schema", members: new Map(fields) };
}

const checks = /^(parse|safeParse|parseAsync|safeParseAsync|validate|validateSync|create|decode)$/;

/** Elsewhere `create` makes something: openai.chat.completions.create. */
const ofSchemas = /(^|\/)(superstruct|io-ts|fp-ts|effect|typebox|arktype)/;

/** A schema's word: what passed it is as it says. Null for other calls. */
export function schemaCall(call: Call): Value | null {
  const { run, scope, path, method, args } = call;
  const bits = args.reduce((all, one) => all | deepTags(one), 0);
  const name = method === "" ? path.replace(/^.*#/, "") : method;
  if (!checks.test(name) || (/^(create|decode)$/.test(name) && !ofSchemas.test(path))) return null;
  if ((bits & tags.taint) === 0 || (method === "" && !path.includes("#"))) return null;
  const input = args.find((one) => has(one, tags.taint)) ?? unknown;
  const isBounded = /\.(max|length)\(|maxLength|maxItems/.test(scope.module.text) ? tags.bounded : 0;
  const whole = tagged(
    (input.tags & (tags.taint | tags.body)) | tags.valid | isBounded,
    input.source === "" ? "" : `${input.source}.valid`,
  );
  const value = { ...whole, members: fieldsOf(call, whole) };
  // `parse` throws; the others only say so.
  if (!/^(safe|validate$)/.test(name)) {
    run.state.validated = true;
    return value;
  }
  const said = tagged((input.tags & (tags.taint | tags.body)) | tags.valid);
  return {
    ...value,
    source: "",
    members: new Map([
      ["data", value],
      ["output", value],
      ["value", value],
      ["success", said],
      ["error", said],
      ["issues", said],
    ]),
  };
}

/** A list without an end: `z.array(z.string().max(200)).min(1)`. */
function isOpenList(text: string): boolean {
  if (!/\barray\(/.test(text)) return false;
  // Without what stands in the element's own parentheses.
  let rest = text;
  for (let before = ""; before !== rest; ) {
    before = rest;
    rest = rest.replace(/\((?:[^()]*)\)/g, "");
  }
  return !/\.(max|length)\b|maxLength|\bmaxItems\b/.test(/\bpipe\(/.test(text) ? text : rest);
}

function fieldsOf({ self, args }: Call, whole: Value): Map<string, Value> | null {
  const schema = [self, ...args].find(({ path }) => path === "@schema");
  if (schema?.members == null) return null;
  return new Map(
    [...schema.members].map(([name, field]) => [
      name,
      {
        ...tagged(
          (whole.tags & ~(field.path === "@list" ? tags.bounded : 0)) |
            field.tags |
            (isPersonal(name) ? tags.personal : 0),
          `${whole.source}.${name}`,
        ),
        path: "@field",
      },
    ]),
  );
}
