import type { HttpReply, HttpRequest } from "../http/message.ts";

export interface RouteCall {
  readonly request: HttpRequest;
  /** Path parameters by name, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

interface Route {
  readonly method: string;
  /** `/v1/projects/{ref}/functions/{function_slug}`. */
  readonly path: string;
  readonly handle: (call: RouteCall) => Promise<HttpReply>;
}

export type RouteTable = Readonly<Record<string, (call: RouteCall) => Promise<HttpReply>>>;

/** `{"GET /v1/projects": handler}` as routes. */
export function assembleRoutes(...tables: readonly RouteTable[]): readonly Route[] {
  return tables.flatMap((table) =>
    Object.entries(table).map(([key, handle]) => {
      const space = key.indexOf(" ");
      return { method: key.slice(0, space), path: key.slice(space + 1), handle };
    }),
  );
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? "";
    if (part.startsWith("{")) {
      const text = decode(value);
      if (!text) return null;
      params[part.slice(1, -1)] = text;
    } else if (part !== value) {
      return null;
    }
  }
  return params;
}

/** The route for a request; literal paths go before parameters by their order in the table. */
export function findRoute(
  routes: readonly Route[],
  request: HttpRequest,
): { readonly route: Route; readonly params: Readonly<Record<string, string>> } | null {
  for (const route of routes) {
    if (route.method !== request.method) continue;
    const params = matchPath(route.path, request.path);
    if (params != null) return { route, params };
  }
  return null;
}
