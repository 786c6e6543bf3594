import { existsSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import type { OnResolveResult, Plugin } from "esbuild";
import { applyImportMap, noImportMap, parseImportMap } from "../core/import-map.ts";

/** Resolves the project's own files and its import map; everything remote stays an import. */
export function sourcePlugin(root: string, importMap: string | null, mapText: string | null): Plugin {
  const map = importMap == null || mapText == null ? noImportMap : parseImportMap(mapText, importMap);
  return {
    name: "project-sources",
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path, importer, kind }): OnResolveResult => {
        if (kind === "entry-point") return { path: resolve(root, path) };
        const from = relative(root, importer).split(sep).join("/");
        const mapped = applyImportMap(map, path, from);
        if (/^(npm|jsr|https?|node):/.test(mapped)) return { path: mapped, external: true };
        const isFile = mapped.startsWith("./") || mapped.startsWith("../");
        if (!isFile && !mapped.startsWith("/")) {
          return {
            errors: [
              { text: `"${path}" is neither a file nor in the import map; write npm:${path}@<version>` },
            ],
          };
        }
        const file = isFile ? resolve(dirname(importer), mapped) : resolve(root, `.${mapped}`);
        if (!`${file}${sep}`.startsWith(`${root}${sep}`)) {
          return { errors: [{ text: `"${path}" lies outside the project` }] };
        }
        if (!existsSync(file))
          return { errors: [{ text: `"${path}": there is no ${relative(root, file)}` }] };
        return { path: file };
      });
    },
  };
}
