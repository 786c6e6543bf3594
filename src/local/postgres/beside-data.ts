/** A data folder that is still being written; renamed when it is whole. */
export function unfinished(dataDir: string): string {
  return `${dataDir}.new`;
}

/** The database as it was before a restore that did not come to its end. */
export function beforeRestore(dataDir: string): string {
  return `${dataDir}.before-restore`;
}
