import type { Finding } from "../core/verdict.ts";
import { defineGate } from "../ports/gate.ts";
import type { PlainReport, TlsReport } from "../ports/wire.ts";
import { finding } from "./finding.ts";

const gate = "https-only";
const day = 86_400_000;
const fewestDays = 14;
/** A year, as browsers ask for it before they preload (hstspreload.org). */
const shortestHsts = 31_536_000;

/** Nothing of the project is spoken in the clear (plan: "HTTPS enforced"). */
export const httpsOnly = defineGate({
  id: gate,
  title: "Only HTTPS, with a valid certificate and HSTS",
  readOnly: true,
  needs: ["wire"],
  check: async ({ ports }) => {
    const { wire } = ports;
    if (wire.address.isLoopback) {
      return {
        kind: "not-applicable",
        reason: `${wire.address.url} is this machine: nothing crosses a network`,
      };
    }
    const [tls, plain, hsts] = await Promise.all([wire.readTls(), wire.readPlain(), wire.readHsts()]);
    const daysLeft = Math.floor((Date.parse(tls.validTo) - Date.now()) / day);
    const findings = [...judgeTls(tls, daysLeft), ...judgePlain(plain), ...judgeHsts(hsts)];
    if (findings.length > 0) return { kind: "fail", findings };
    return {
      kind: "pass",
      evidence: {
        protocol: tls.protocol,
        certificateDaysLeft: daysLeft,
        plain: plain.status ?? "refused",
        hsts,
      },
    };
  },
});

function judgeTls({ protocol, untrusted, oldProtocol }: TlsReport, daysLeft: number): readonly Finding[] {
  const old = oldProtocol ?? (/^TLSv1\.[23]$/.test(protocol) ? null : protocol);
  return [
    ...(untrusted == null
      ? []
      : [
          finding(
            gate,
            "certificate",
            `the certificate is not trusted: ${untrusted}`,
            "Install a certificate of a public authority for this host.",
          ),
        ]),
    ...(daysLeft >= fewestDays
      ? []
      : [
          finding(
            gate,
            "expiry",
            `the certificate is valid for ${daysLeft} more days`,
            "Renew it, and find out why it did not renew by itself.",
          ),
        ]),
    ...(old == null
      ? []
      : [
          finding(
            gate,
            "protocol",
            `the server still speaks ${old}`,
            "Allow TLS 1.2 and 1.3 only (RFC 8996).",
          ),
        ]),
  ];
}

function judgePlain({ status, location }: PlainReport): readonly Finding[] {
  if (status == null || status === 403 || status === 426) return [];
  if ([301, 302, 307, 308].includes(status) && location?.startsWith("https://") === true) return [];
  return [
    finding(
      gate,
      "plain",
      `http:// is answered with ${status}`,
      "Redirect to https:// with 308, or close the port.",
    ),
  ];
}

function judgeHsts(hsts: string | null): readonly Finding[] {
  const seconds = Number(/max-age\s*=\s*"?(\d+)/i.exec(hsts ?? "")?.[1] ?? 0);
  if (seconds >= shortestHsts) return [];
  const detail =
    hsts == null
      ? "there is no Strict-Transport-Security"
      : `Strict-Transport-Security holds for ${seconds} s`;
  return [
    finding(
      gate,
      "hsts",
      detail,
      "Send Strict-Transport-Security: max-age=31536000; includeSubDomains (RFC 6797).",
    ),
  ];
}
