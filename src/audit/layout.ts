import type { SourceFile, SourceTree } from "../plan/source-tree.ts";

/** Where the parts of a Supabase project lie in an audited folder. */
export interface Layout {
  /** Folders of migrations, each a set of its own: `supabase/migrations`, in a monorepo more than one. */
  readonly migrations: readonly string[];
  /** Folders whose folders are functions. */
  readonly functions: readonly string[];
}

/**
 * By the paths alone: `supabase/…` at the top, else `…` at the top, else any folder `supabase/…` below. What lies
 * deeper beside a project of its own is sample or test material.
 */
export function findLayout({ files }: SourceTree): Layout {
  const paths = files.map(({ path }) => path);
  return {
    migrations: findFolders(paths, "migrations", (rest) => rest.endsWith(".sql") && !rest.includes("/")),
    functions: findFolders(paths, "functions", (rest) => /^[^/]+\/.+\.[cm]?[jt]sx?$/.test(rest)),
  };
}

/** Files directly in a folder. */
export function filesIn(tree: SourceTree, folder: string): readonly SourceFile[] {
  return tree.files.filter(
    ({ path }) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes("/"),
  );
}

function findFolders(
  paths: readonly string[],
  name: string,
  holds: (rest: string) => boolean,
): readonly string[] {
  const found = new Set<string>();
  const pattern = new RegExp(`^((?:.*/)?supabase/${name}|${name})/(.+)$`);
  for (const path of paths) {
    const [, folder, rest] = pattern.exec(path) ?? [];
    if (folder != null && rest != null && holds(rest)) found.add(folder);
  }
  const own = [`supabase/${name}`, name].filter((folder) => found.has(folder));
  return own.length > 0 ? own : [...found].sort();
}
