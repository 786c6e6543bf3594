/** Credentials go there: encrypted, or not off this machine. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username } = new URL(text);
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return username === "" && (protocol === "https:" || (protocol === "http:" && isLocal));
}
