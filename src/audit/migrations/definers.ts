import { fieldsOf, isTrue } from "../sql-node.ts";
import { saysDefiner } from "./function-options.ts";
import { listName } from "./schema/names.ts";
import { type FunctionOverload, fitsSignature, functionKey } from "./schema/schema.ts";
import { eachTree, type MigrationWorld, type PlacedTree } from "./world.ts";

export interface Definer {
  /** `schema.name` */
  readonly key: string;
  readonly overload: FunctionOverload;
  /** The statement that made it last. */
  readonly placed: PlacedTree;
}

/** SECURITY DEFINER functions that the API exposes, as they were made or as ALTER FUNCTION said last. It calls no procedures. */
export function findDefiners(world: MigrationWorld): readonly Definer[] {
  const { schema } = world.story;
  const alters = eachTree(world, "AlterFunctionStmt").map(({ tree }) => tree.fields);
  const isDefiner = (key: string, overload: FunctionOverload): boolean => {
    let is = saysDefiner(overload.tree.fields, "options") === true;
    for (const alter of alters) {
      const named = fieldsOf(alter, "func");
      if (functionKey(schema, listName(named, "objname")) === key && fitsSignature(overload, named))
        is = saysDefiner(alter, "actions") ?? is;
    }
    return is;
  };
  return eachTree(world, "CreateFunctionStmt").flatMap((placed) => {
    const { fields } = placed.tree;
    const key = functionKey(schema, listName(fields, "funcname"));
    if (isTrue(fields, "is_procedure") || !world.exposedSchemas.has(key.split(".")[0] ?? "")) return [];
    const overload = schema.functions.get(key)?.find(({ tree }) => tree === placed.tree);
    return overload != null && isDefiner(key, overload) ? [{ key, overload, placed }] : [];
  });
}
