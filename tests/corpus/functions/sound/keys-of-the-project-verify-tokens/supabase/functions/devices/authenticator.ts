import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from "npm:jose@5.9.3";

export class Refused extends Error {
  constructor(readonly status: 401 | 403) {
    super("refused");
  }
}

export class Authenticator {
  readonly #keys;
  readonly #issuer: string;

  constructor(projectUrl: string) {
    this.#issuer = `${projectUrl}/auth/v1`;
    this.#keys = createRemoteJWKSet(new URL(`${this.#issuer}/.well-known/jwks.json`));
  }

  async identify(req: Request): Promise<JWTPayload & { sub: string }> {
    const header = req.headers.get("authorization");
    if (!header?.startsWith("Bearer ")) throw new Refused(401);
    try {
      const { payload } = await jwtVerify(header.slice(7), this.#keys, { issuer: this.#issuer, audience: "authenticated" });
      if (!payload.sub) throw new Refused(401);
      return { ...payload, sub: payload.sub };
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new Refused(401);
      throw error;
    }
  }
}
