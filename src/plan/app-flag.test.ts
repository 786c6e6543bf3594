import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type AppFlag,
  appPollSeconds,
  assembleFlagChanges,
  describeFlagChange,
  findFlagsOnSince,
  invertFlagChanges,
} from "./app-flag.ts";

function flag(key: string, enabled: boolean, more: Partial<AppFlag> = {}): AppFlag {
  return {
    key,
    enabled,
    value: '{"a": 1}',
    minimumAppVersion: null,
    description: "",
    updatedAt: "2026-01-02T00:00:00.000Z",
    ...more,
  };
}

const flags = [flag("app", false), flag("push_notifications", true), flag("realtime_updates", true)];

function failure(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe("switching flags", () => {
  it("keeps what is not asked for and names what changes", () => {
    const changes = assembleFlagChanges(flags, { off: ["realtime_updates"], minimumAppVersion: "1.4.0" });
    expect(changes.map(describeFlagChange)).toEqual([
      "app: off → off, from app version 1.4.0",
      "realtime_updates: on → off",
    ]);
    expect(changes[1]?.to).toEqual({
      enabled: false,
      value: '{"a": 1}',
      minimumAppVersion: null,
      description: "",
    });
  });

  it("is nothing where all is so already", () => {
    expect(assembleFlagChanges(flags, { off: ["app"] })).toEqual([]);
    expect(assembleFlagChanges([], { off: [], minimumAppVersion: null })).toEqual([]);
  });

  it("makes the app's row where there is none, and undoing takes it away", () => {
    const changes = assembleFlagChanges([], { off: [], minimumAppVersion: "2.0.0" });
    expect(changes.map(describeFlagChange)).toEqual(["app: absent → off, from app version 2.0.0"]);
    expect(invertFlagChanges(changes)).toMatchObject([{ key: "app", to: null }]);
  });

  it("switches the app's own flag off and sets its version in one change", () => {
    const changes = assembleFlagChanges([flag("app", true)], { off: ["app"], minimumAppVersion: "1.0.0" });
    expect(changes.map(describeFlagChange)).toEqual(["app: on → off, from app version 1.0.0"]);
  });

  it("refuses flags and versions that are none", () => {
    expect(failure(() => assembleFlagChanges(flags, { off: ["realtime_update"] }))).toMatchObject({
      code: "BEE-E821",
      message: "There is no flag realtime_update; did you mean realtime_updates?",
      detail: "Flags: app, push_notifications, realtime_updates\nNothing was changed.",
    });
    for (const minimumAppVersion of ["1.4", "v1.4.0", "1.4.0-beta", "", "12345.0.0"]) {
      expect(failure(() => assembleFlagChanges(flags, { off: [], minimumAppVersion }))).toMatchObject({
        code: "BEE-E822",
      });
    }
  });

  it("takes those switched on since a release for the release's", () => {
    const since = "2026-01-03T00:00:00Z";
    const later = { updatedAt: "2026-01-03T00:00:00.000Z" };
    expect(findFlagsOnSince([...flags, flag("new", true, later), flag("off", false, later)], since)).toEqual([
      "new",
    ]);
  });

  it("says of the app what the app does", () => {
    const dart = readFileSync("app/lib/core/services/feature_flags.dart", "utf8");
    expect(dart).toContain(`pollInterval = Duration(seconds: ${appPollSeconds})`);
  });
});
