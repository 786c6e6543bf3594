import type { Finding } from "../core/verdict.ts";
import { defineGate } from "../ports/gate.ts";
import type { AuthSettings } from "../ports/project-settings.ts";
import { finding } from "./finding.ts";

const gate = "auth-settings-sound";

interface Rule {
  readonly setting: keyof AuthSettings;
  /** Guards people's mailboxes and passwords; a platform without mail and with test users only has no such thing. */
  readonly ofPeople: boolean;
  /** What is wrong; null when nothing is. */
  judge(settings: AuthSettings): string | null;
  readonly fix: string;
}

const longestSession = 3600;
const shortestPassword = 8;
const longestReuse = 60;

/** The platform's production checklist (https://supabase.com/docs/guides/deployment/going-into-prod). */
const rules: readonly Rule[] = [
  {
    setting: "mailerAutoconfirm",
    ofPeople: true,
    judge: ({ signUpOpen, emailSignIn, mailerAutoconfirm }) =>
      signUpOpen !== false && emailSignIn !== false && mailerAutoconfirm !== false
        ? "anybody can sign up with an address that is not theirs: addresses are not confirmed"
        : null,
    fix: "Turn on Confirm email (Authentication › Sign in / Providers › Email).",
  },
  {
    setting: "unverifiedSignIn",
    ofPeople: true,
    judge: ({ unverifiedSignIn }) =>
      unverifiedSignIn === true ? "addresses that are not confirmed may sign in" : null,
    fix: "Turn off sign-in with unverified addresses.",
  },
  {
    setting: "passwordMinLength",
    ofPeople: true,
    judge: ({ passwordMinLength: length, emailSignIn }) =>
      emailSignIn !== false && (length ?? 0) < shortestPassword
        ? `passwords may have ${length ?? "any number of"} characters`
        : null,
    fix: `Ask for at least ${shortestPassword} characters (Authentication › Sign in / Providers › Email).`,
  },
  {
    setting: "leakedPasswordCheck",
    ofPeople: true,
    judge: ({ leakedPasswordCheck, emailSignIn }) =>
      emailSignIn !== false && leakedPasswordCheck !== true ? "passwords known from leaks are taken" : null,
    fix: "Turn on leaked password protection (Authentication › Sign in / Providers › Email).",
  },
  {
    setting: "mfaTotp",
    ofPeople: true,
    judge: ({ mfaTotp }) => (mfaTotp === true ? null : "users cannot turn on a second factor"),
    fix: "Enable TOTP (Authentication › Multi-factor).",
  },
  {
    setting: "siteUrl",
    ofPeople: true,
    judge: ({ siteUrl }) =>
      siteUrl == null || siteUrl === "" || /localhost|127\.0\.0\.1|^http:/.test(siteUrl)
        ? `links in mails lead to ${siteUrl || "nowhere"}`
        : null,
    fix: "Set the site URL to the app's own https address or scheme (Authentication › URL configuration).",
  },
  {
    setting: "redirectUrls",
    ofPeople: true,
    judge: ({ redirectUrls }) => {
      const wild = redirectUrls.filter((url) => url.includes("*") || /^http:/.test(url));
      return wild.length === 0 ? null : `tokens may be sent to any address that fits ${wild.join(", ")}`;
    },
    fix: "Name redirect URLs exactly, with https or the app's own scheme (Authentication › URL configuration).",
  },
  {
    setting: "mailerOtpExpiry",
    ofPeople: false,
    judge: ({ mailerOtpExpiry: seconds }) =>
      seconds == null || seconds <= 0 || seconds > longestSession
        ? `codes and links in mails are valid for ${seconds ?? "an unknown number of"} s`
        : null,
    fix: "Set the mail OTP expiration to 3600 s or less.",
  },
  {
    setting: "jwtExpiry",
    ofPeople: false,
    judge: ({ jwtExpiry: seconds }) =>
      seconds == null || seconds > longestSession
        ? `access tokens are valid for ${seconds ?? "an unknown number of"} s`
        : null,
    fix: "Set the access token expiry to 3600 s or less (Authentication › Sessions).",
  },
  {
    setting: "refreshRotation",
    ofPeople: false,
    judge: ({ refreshRotation }) =>
      refreshRotation === true ? null : "a stolen refresh token is never noticed: they do not rotate",
    fix: "Turn on refresh token rotation (Authentication › Sessions).",
  },
  {
    setting: "refreshReuseInterval",
    ofPeople: false,
    judge: ({ refreshReuseInterval: seconds }) =>
      (seconds ?? 0) > longestReuse ? `a refresh token may be used again for ${seconds} s` : null,
    fix: "Set the reuse interval to 10 s (Authentication › Sessions).",
  },
];

/** Sign-in is set up as production needs it. */
export const authSettingsSound = defineGate({
  id: gate,
  title: "Auth settings are fit for production",
  readOnly: true,
  needs: ["settings", "wire"],
  check: async ({ ports }) => {
    const settings = await ports.settings.readAuth();
    const { isLoopback } = ports.wire.address;
    const applicable = rules.filter(({ ofPeople }) => !(isLoopback && ofPeople));
    const findings = applicable.flatMap(({ setting, judge, fix }): readonly Finding[] => {
      const problem = judge(settings);
      return problem == null ? [] : [finding(gate, setting, problem, fix)];
    });
    if (findings.length > 0) return { kind: "fail", findings };
    const left = rules.filter((rule) => !applicable.includes(rule)).map(({ setting }) => setting);
    return {
      kind: "pass",
      evidence: {
        judged: Object.fromEntries(applicable.map(({ setting }) => [setting, settings[setting]])),
        signUpOpen: settings.signUpOpen,
        anonymousUsers: settings.anonymousUsers,
        ...(left.length === 0
          ? {}
          : { notJudged: { settings: left, reason: "a loopback platform has no mail and no people" } }),
      },
    };
  },
});
