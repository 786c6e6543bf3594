export function digits(count: number): string {
  const drawn = crypto.getRandomValues(new Uint32Array(count));
  return Array.from(drawn, (n) => String(n % 10)).join("");
}
