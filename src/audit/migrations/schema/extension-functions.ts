import type { Name } from "./names.ts";

/** Hosted projects are born with these (supabase/postgres image, initial schema). */
export const preinstalled: readonly string[] = [
  "pg_graphql",
  "pg_stat_statements",
  "pgcrypto",
  "plpgsql",
  "supabase_vault",
  "uuid-ossp",
];

/** Functions by the extension they come with; names that the server has too are left out. */
const byExtension: Readonly<Record<string, string>> = {
  unaccent: "unaccent",
  fuzzystrmatch:
    "levenshtein levenshtein_less_equal soundex difference metaphone dmetaphone dmetaphone_alt daitch_mokotoff",
  pg_trgm: "similarity word_similarity strict_word_similarity show_trgm set_limit show_limit",
  moddatetime: "moddatetime",
  cube: "cube cube_distance cube_enlarge",
  earthdistance: "earth_distance earth_box ll_to_earth latitude longitude",
  hstore: "hstore akeys avals skeys svals hstore_to_json hstore_to_jsonb",
  tablefunc: "crosstab crosstab2 crosstab3 crosstab4 connectby normal_rand",
  ltree: "nlevel subltree subpath text2ltree ltree2text",
  vector: "cosine_distance l2_distance l1_distance inner_product l2_normalize vector_dims vector_norm",
  http: "http http_get http_post http_put http_patch http_delete http_head http_header urlencode",
  pg_jsonschema: "json_matches_schema jsonb_matches_schema jsonschema_is_valid",
  pg_hashids: "id_encode id_decode id_decode_once",
  pgrowlocks: "pgrowlocks",
  dblink: "dblink dblink_connect dblink_exec dblink_disconnect",
  xml2: "xpath_table xpath_string",
};

const bare: ReadonlyMap<string, string> = new Map(
  Object.entries(byExtension).flatMap(([extension, names]) =>
    names.split(" ").map((name) => [name, extension] as const),
  ),
);

/** Extensions with a schema of their own. */
const bySchema: Readonly<Record<string, string>> = { cron: "pg_cron", net: "pg_net", pgmq: "pgmq" };

/** What WITH CASCADE or another extension's script brings along. */
const brings: Readonly<Record<string, readonly string[]>> = {
  earthdistance: ["cube"],
  postgis_raster: ["postgis"],
  postgis_sfcgal: ["postgis"],
  postgis_topology: ["postgis"],
  postgis_tiger_geocoder: ["postgis", "fuzzystrmatch"],
  pgrouting: ["postgis"],
  vectorscale: ["vector"],
};

/** The extension a function comes with, as far as its name tells; a schema of the set's own says otherwise. */
export function extensionOf({ schema, name }: Name): string | null {
  const own = schema == null ? undefined : bySchema[schema];
  if (own != null) return own;
  if (schema != null && schema !== "extensions") return null;
  return bare.get(name) ?? (/^st_[a-z]/.test(name) ? "postgis" : null);
}

export function addExtension(extensions: Set<string>, name: string): void {
  for (const one of [name, ...(brings[name] ?? [])]) extensions.add(one);
}
