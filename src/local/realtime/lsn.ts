/** A WAL position such as `0/16B3748` as a number. */
export function parseLsn(text: string | null): bigint {
  const match = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text ?? "");
  return match === null ? 0n : (BigInt(`0x${match[1]}`) << 32n) | BigInt(`0x${match[2]}`);
}

export function renderLsn(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`;
}
