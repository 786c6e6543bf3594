import { execa } from "execa";

/** Wall milliseconds of one program that must succeed. */
export async function time(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<number> {
  const started = performance.now();
  await execa(file, args, { stdin: "ignore", ...options });
  return performance.now() - started;
}
