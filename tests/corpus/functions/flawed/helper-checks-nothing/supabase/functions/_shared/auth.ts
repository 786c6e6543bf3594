export function requireUser(req: Request): boolean {
  return req.headers.get("authorization") !== null;
}
