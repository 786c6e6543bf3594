export const DECIMALS: Record<string, number> = {
  EUR: 2,
  SEK: 2,
  NOK: 2,
  JPY: 0,
  ISK: 0,
  SEK: 0,
};

export const round = (amount: number, currency: string) => {
  const factor = 10 ** (DECIMALS[currency] ?? 2);
  return Math.round(amount * factor) / factor;
};
