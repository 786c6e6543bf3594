import { nearest } from "../../core/nearest.ts";
import type { Rule } from "../rule.ts";
import { knowsSchema } from "./code-names.ts";
import type { FunctionOverload } from "./schema/schema.ts";
import type { MigrationWorld } from "./world.ts";

export const codeUnknownRpc: Rule<MigrationWorld> = {
  id: "code-unknown-rpc",
  area: "migrations",
  severity: "error",
  title: "Code calls a database function that no migration makes, or by arguments it does not have",
  explanation:
    "The call answers 404: PostgREST looks a function up by its name and the names of the arguments sent.",
  fix: "Mend the name or the arguments, or make the function in a migration.",
  example: {
    bad: "await supabase.rpc('count_note', { author: id })",
    good: "await supabase.rpc('count_notes', { author: id })",
  },
  *check({ code, story }) {
    for (const use of code) {
      if (use.kind !== "rpc" || !knowsSchema(story, use.schema) || story.schema.uncertain.has(use.name))
        continue;
      const overloads = story.schema.functions.get(`${use.schema}.${use.name}`);
      const said = { file: use.file, offset: use.offset, subject: `${use.schema}.${use.name}` };
      if (overloads == null) {
        const names = [...story.schema.functions.keys()].map((key) => key.slice(key.indexOf(".") + 1));
        const guess = nearest(use.name, names);
        yield {
          ...said,
          detail: `no migration makes function ${use.schema}.${use.name}`,
          ...(guess == null ? {} : { fix: `Did you mean ${guess}?` }),
        };
      } else if (use.arguments != null && !overloads.some((one) => fits(one, use.arguments ?? []))) {
        const takes = overloads.map(({ argumentNames }) => `(${argumentNames.join(", ")})`).join(" or ");
        yield {
          ...said,
          detail: `${use.name} is called with (${use.arguments.join(", ")}) but takes ${takes}`,
        };
      }
    }
  },
};

function fits({ argumentNames, required }: FunctionOverload, sent: readonly string[]): boolean {
  // A function of one unnamed json takes the whole body.
  if (argumentNames.length === 1 && argumentNames[0] === "") return true;
  return (
    sent.every((name) => argumentNames.includes(name)) &&
    argumentNames.slice(0, required).every((name) => sent.includes(name))
  );
}
