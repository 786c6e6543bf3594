import { createVerify, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readBody } from "./read-body.ts";

/** What FCM is asked to send. */
export interface SentMessage {
  readonly authorization: string;
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it names
  readonly body: any;
}

export interface FcmAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the connection without an answer, once the request is read. */
  readonly hangUp?: boolean;
}

export interface FakeGoogle {
  readonly url: string;
  /** As Google hands it out; its token_uri is this server. */
  readonly serviceAccount: Readonly<Record<string, string>>;
  readonly sent: SentMessage[];
  /** How many access tokens were asked for. */
  readonly tokensGiven: () => number;
  /** Decides on each message; accepts all at first. */
  answer: (message: SentMessage) => FcmAnswer;
  /** What the token server answers instead of a token. */
  tokenAnswer: FcmAnswer | null;
  close(): Promise<void>;
}

/** The network edge of the push function: Google's token server and FCM, on loopback. Checks what it is sent. */
export async function startFakeGoogle(): Promise<FakeGoogle> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const sent: SentMessage[] = [];
  let given = 0;

  const server = createServer(async (request, response) => {
    const text = (await readBody(request)).toString("utf8");
    const reply = ({ status, body = {}, headers = {} }: FcmAnswer) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof body === "string" ? body : JSON.stringify(body));
    };
    if (request.url === "/token") {
      if (google.tokenAnswer !== null) return reply(google.tokenAnswer);
      const assertion = new URLSearchParams(text).get("assertion") ?? "";
      if (!isSigned(assertion, publicKey.export({ type: "spki", format: "pem" }).toString())) {
        return reply({ status: 400, body: { error: "invalid_grant" } });
      }
      given += 1;
      return reply({
        status: 200,
        body: { access_token: `token-${given}`, expires_in: 3599, token_type: "Bearer" },
      });
    }
    const message = {
      authorization: request.headers.authorization ?? "",
      path: request.url ?? "",
      body: JSON.parse(text),
    };
    sent.push(message);
    const answer = google.answer(message);
    if (answer.hangUp === true) return response.destroy();
    return reply(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const google: FakeGoogle = {
    url,
    serviceAccount: {
      type: "service_account",
      project_id: "bee-test",
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      client_email: "push@bee-test.iam.gserviceaccount.com",
      token_uri: `${url}/token`,
    },
    sent,
    tokensGiven: () => given,
    answer: () => ({ status: 200, body: { name: `projects/bee-test/messages/${sent.length}` } }),
    tokenAnswer: null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return google;
}

/** FCM's error answers, as documented. */
export function fcmError(
  status: number,
  errorCode: string,
  headers: Readonly<Record<string, string>> = {},
): FcmAnswer {
  const type = "type.googleapis.com/google.firebase.fcm.v1.FcmError";
  return {
    status,
    headers,
    body: { error: { code: status, status: errorCode, details: [{ "@type": type, errorCode }] } },
  };
}

function isSigned(assertion: string, publicKey: string): boolean {
  const [head = "", payload = "", signature = ""] = assertion.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString() || "{}");
  return (
    claims.scope === "https://www.googleapis.com/auth/firebase.messaging" &&
    claims.exp - claims.iat === 3600 &&
    createVerify("RSA-SHA256").update(`${head}.${payload}`).verify(publicKey, signature, "base64url")
  );
}
