import type { Call } from "./call.ts";
import { deepTags, has, tagged, tags, unknown, type Value } from "./value.ts";

/** A schema's word: what passed it is as it says. Null for other calls. */
export function schemaCall({ run, scope, path, method, self, args }: Call): Value | null {
  const bits = args.reduce((all, one) => all | deepTags(one), 0);
  const name = method === "" ? path.replace(/^.*#/, "") : method;
  if (!/^(parse|safeParse|parseAsync|safeParseAsync|validate|validateSync|create|decode)$/.test(name))
    return null;
  if ((bits & tags.taint) === 0 || (method === "" && !path.includes("#"))) return null;
  const input = args.find((one) => has(one, tags.taint)) ?? unknown;
  const text = self.schema == null ? scope.module.text : "";
  const isBounded = /\.(max|length)\(|maxLength|maxItems/.test(text) ? tags.bounded : 0;
  const value = tagged(
    (input.tags & (tags.taint | tags.body)) | tags.valid | isBounded,
    input.source === "" ? "" : `${input.source}.valid`,
  );
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
