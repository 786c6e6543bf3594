import { Buffer } from "node:buffer";

export const whoIs = (req: Request): string | null => {
  const token = req.headers.get("Authorization")?.replace("Bearer ", "");
  if (!token) return null;
  const [, payload] = token.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")).sub ?? null;
};
