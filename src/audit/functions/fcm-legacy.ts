import type { Rule } from "../rule.ts";
import { literal, parts, walk } from "./analysis/node.ts";
import type { FunctionsWorld } from "./world.ts";

export const fcmLegacy: Rule<FunctionsWorld> = {
  id: "fcm-legacy",
  area: "functions",
  severity: "error",
  title: "Firebase's legacy API, which was shut down in 2024",
  explanation:
    "The endpoint fcm/send and its server keys (Authorization: key=…) were shut down from 2024-07-22: every call fails. Source: firebase.google.com/docs/cloud-messaging/migrate-v1",
  fix: "Send to https://fcm.googleapis.com/v1/projects/{id}/messages:send with an OAuth token of a service account (secret FCM_SERVICE_ACCOUNT).",
  example: {
    bad: 'await fetch("https://fcm.googleapis.com/fcm/send", { headers: { Authorization: `key=${key}` } });',
    good: "await fetch(`https://fcm.googleapis.com/v1/projects/${project}/messages:send`, { headers: { Authorization: `Bearer ${token}` } });",
  },
  *check({ modules, functions }) {
    for (const module of modules) {
      const { path, program, text } = module;
      if (!/fcm\/send|key=|FCM_SERVER_KEY/.test(text)) continue;
      const isMoving = functions.some(
        (one) =>
          one.modules.includes(module) &&
          one.modules.some((other) => other.text.includes("FCM_SERVICE_ACCOUNT")),
      );
      const hits: { file: string; offset: number; subject: string; detail: string }[] = [];
      walk(program, (node) => {
        const value =
          literal(node) ??
          (node.type === "TemplateElement"
            ? String((node["value"] as { raw?: unknown } | undefined)?.raw ?? "")
            : null);
        if (value == null) return undefined;
        const detail = /fcm\.googleapis\.com\/fcm\/send|^\/fcm\/send/.test(value)
          ? "calls the legacy endpoint fcm/send"
          : /^key=$/.test(value)
            ? "sends a legacy server key"
            : /^(FCM_SERVER_KEY|FIREBASE_SERVER_KEY|FCM_LEGACY_KEY)$/.test(value) && !isMoving
              ? `reads ${value}, which belongs to the legacy API`
              : null;
        if (detail != null) hits.push({ file: path, offset: node.start, subject: path, detail });
        return node.type !== "TemplateLiteral" || parts(node, "expressions").length > 0;
      });
      yield* hits;
    }
  },
};
