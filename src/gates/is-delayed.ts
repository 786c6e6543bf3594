/**
 * Whether `tried` takes longer than `usual` by most of `seconds`, twice over: a busy machine answers late once, a
 * statement that sleeps does each time.
 */
export async function isDelayed(
  seconds: number,
  tried: () => Promise<unknown>,
  usual: () => Promise<unknown>,
): Promise<boolean> {
  for (let round = 0; round < 2; round += 1) {
    const ms = await time(tried);
    if (ms < seconds * 900 || ms - (await time(usual)) < seconds * 800) return false;
  }
  return true;
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
