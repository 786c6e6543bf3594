const units = ["bytes", "KiB", "MiB", "GiB", "TiB"] as const;

/** `37.4 MiB`: three digits or so, never more than the figure is worth. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
