import type { Call } from "./call.ts";
import { mayBothBeUnset, tellUnset } from "./compare.ts";
import { deepTags, has, isStandIn, tagged, tags, type Value } from "./value.ts";

/** Libraries that throw when a webhook's signature is wrong. */
const webhook =
  /(^|[/#.])(svix|standardwebhooks)[^#]*#(Webhook\.)?verify$|#Webhook(\(\))?\.verify$|\.webhooks\.(unwrap|unmarshal|verifySignature|constructEvent)$|#verifyWebhook$/;

const tokenCheck =
  /#(jwtVerify|jwtDecrypt|compactVerify)$|jsonwebtoken#\.?verify$|djwt[^#]*#verify$|#(verifyIdToken|verifyToken|verifyJwt|verifyJWT)$/;

/** Others answer yes or no: discord-interactions, twilio, @octokit/webhooks. */
const yesOrNo = /[#.](verifyKey|verifySignature|isValidSignature|validate(Request|Webhook|Signature))$/;

/** Ways to be sure who calls. Null for other calls. */
export function prove(call: Call): Value | null {
  const { run, scope, node, path, method, args } = call;
  const bits = args.reduce((all, one) => all | deepTags(one), 0);
  if (tokenCheck.test(path) || method === "verifyIdToken") {
    run.proven(scope, node);
    return tagged(tags.identity | tags.provesTrue);
  }
  if (method === "constructEventAsync" || method === "constructEvent" || webhook.test(path)) {
    run.proven(scope, node, true);
    return tagged(tags.valid | tags.bounded);
  }
  if (/subtle\.verify$/.test(path)) {
    run.proofs += 1;
    return tagged(tags.provesTrue | tags.ownsTrue);
  }
  const isOwn = (bits & (tags.secret | tags.mac)) !== 0;
  if (/(timingSafeEqual|safeCompare|safeEqual|constantTimeEqual)$/i.test(path) && isOwn) {
    tellUnsetArguments(call);
    return tagged(tags.provesTrue | tags.ownsTrue);
  }
  if (/(nacl|noble|ed25519|sodium)[^#]*#.*verify(Async)?$/i.test(path) && (bits & tags.taint) !== 0)
    return tagged(tags.provesTrue | tags.ownsTrue);
  const isAnswer = yesOrNo.test(path) || (method === "verify" && (bits & tags.secret) !== 0);
  if (path.includes("#") && isAnswer && (bits & tags.taint) !== 0)
    return tagged(tags.provesTrue | tags.ownsTrue);
  return null;
}

/** Two that are compared, and may both be empty. */
export function tellUnsetArguments({
  run,
  scope,
  node,
  args,
}: Pick<Call, "run" | "scope" | "node" | "args">): void {
  const own = args.find((one) => has(one, tags.secret | tags.mac) && !has(one, tags.taint));
  const sent = args.find((one) => one !== own && has(one, tags.taint));
  if (own != null && sent != null && mayBothBeUnset("===", own, sent)) tellUnset(run, scope, node, own);
}

/** Signing, hashing and encrypting: what comes out keeps no secret. */
export function seal({ run, scope, node, path, method, self, args }: Call): Value | null {
  const name = method === "" ? path.replace(/^.*[#.]/, "") : method;
  if (
    !/djwt[^#]*#create$/.test(path) &&
    !/^(createHmac|hmac|hmacSha256|sign|digest|hash|encrypt|seal|deriveBits)$/i.test(name)
  )
    return null;
  const bits = deepTags(self) | args.reduce((all, one) => all | deepTags(one), 0);
  const isKeyed = (bits & (tags.secret | tags.serviceKey | tags.mac)) !== 0;
  // A hash of the caller's key stands for it.
  if (!isKeyed) return tagged(bits & (tags.token | tags.taint));
  const made: Value = { ...tagged(tags.mac), path: "@mac" };
  const known = [self, ...args].find((one) => has(one, tags.secret) && isStandIn(one));
  if (known != null) {
    tellUnset(run, scope, node, known);
    return made;
  }
  const guessable = [self, ...args].find(isGuessable);
  return guessable == null ? made : { ...made, tags: tags.mac | tags.loose, source: guessable.source };
}

/** `${undefined}` in what is hashed. */
function isGuessable(value: Value): boolean {
  return has(value, tags.secret | tags.mac) && has(value, tags.loose) && has(value, tags.built | tags.mac);
}
