export function startOfWeek(day: Date): Date {
  const copy = new Date(day);
  copy.setUTCDate(copy.getUTCDate() - ((copy.getUTCDay() + 6) % 7));
  return copy;
}
