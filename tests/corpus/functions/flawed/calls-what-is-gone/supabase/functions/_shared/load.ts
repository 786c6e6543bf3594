export function loadAll(): readonly string[] {
  return [];
}
