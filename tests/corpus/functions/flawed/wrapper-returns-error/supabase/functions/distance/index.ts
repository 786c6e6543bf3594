import { handler } from "../_shared/handler.ts";

type Point = [number, number];

const isPoint = (p: unknown): p is Point =>
  Array.isArray(p) && p.length === 2 && p.every((n) => typeof n === "number" && Math.abs(n) <= 180);

const rad = (deg: number) => (deg * Math.PI) / 180;

function haversine([lat1, lon1]: Point, [lat2, lon2]: Point): number {
  const dLat = rad(lat2 - lat1), dLon = rad(lon2 - lon1);
  const a = Math.sin(dLat / 2) ** 2 + Math.cos(rad(lat1)) * Math.cos(rad(lat2)) * Math.sin(dLon / 2) ** 2;
  return 6371 * 2 * Math.asin(Math.sqrt(a));
}

Deno.serve(handler(async ({ body: { from, to } }) => {
  if (!isPoint(from) || !isPoint(to)) return { km: null };
  return { km: Math.round(haversine(from, to) * 10) / 10 };
}));
