/** P(X <= k) for X ~ B(n, p), summed in logarithms so that millions of trials do not underflow. */
export function chanceOfAtMost(k: number, n: number, p: number): number {
  if (k >= n) return 1;
  const odds = Math.log(p) - Math.log1p(-p);
  let term = n * Math.log1p(-p);
  let sum = Math.exp(term);
  for (let i = 1; i <= k; i += 1) {
    term += Math.log(n - i + 1) - Math.log(i) + odds;
    sum += Math.exp(term);
  }
  return Math.min(1, sum);
}

/** The largest share that `bad` of `total` are still compatible with, at 95 %; 1 when there are no trials. */
export function boundShare(bad: number, total: number): number {
  if (bad >= total) return 1;
  let low = bad / total;
  let high = 1;
  for (let round = 0; round < 50; round += 1) {
    const middle = (low + high) / 2;
    if (chanceOfAtMost(bad, total, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** Trials without a bad one that show a share under `limit`, at 95 %: 59 for 5 %, 299 for 1 %, 2,995 for 0.1 %. */
export function neededSamples(limit: number): number {
  return Math.ceil(Math.log(0.05) / Math.log1p(-limit));
}
