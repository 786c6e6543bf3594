export const bearer = (req: Request): string => (req.headers.get("authorization") ?? "").split(" ")[1] ?? "";
