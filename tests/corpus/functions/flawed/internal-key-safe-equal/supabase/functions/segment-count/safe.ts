const enc = new TextEncoder();

export function safeEqual(left: string, right: string): boolean {
  const a = enc.encode(left), b = enc.encode(right);
  let diff = a.length ^ b.length;
  for (let i = 0; i < Math.max(a.length, b.length); i++) diff |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return diff === 0;
}
