import type { BackupKeeper, BackupPoint } from "../backups.ts";

interface MemoryBackups extends BackupKeeper {
  readonly state: { readonly points: BackupPoint[] };
}

export function createMemoryBackups(pitrEnabled = false, now: () => number = Date.now): MemoryBackups {
  const points: BackupPoint[] = [];
  return {
    state: { points },
    async read() {
      return { pitrEnabled, points: [...points] };
    },
    async create(name) {
      const kind = pitrEnabled ? "pitr" : "restore-point";
      const point: BackupPoint = {
        id: `b${points.length + 1}`,
        name,
        takenAt: new Date(now()).toISOString(),
        kind,
      };
      points.push(point);
      return point;
    },
  };
}
