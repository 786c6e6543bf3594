export interface Mail {
  subject: string;
  text: string;
}

export class Mailer {
  private readonly key = "re_8hVqT3Zk_CbnW5rLx9yMfP2dJ6sQaGtE7u";

  async toTeam({ subject, text }: Mail): Promise<string> {
    const res = await fetch("https://api.resend.com/emails", {
      method: "POST",
      headers: { Authorization: `Bearer ${this.key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ from: "feedback@mosswood.app", to: "team@mosswood.app", subject, text }),
      signal: AbortSignal.timeout(9_000),
    });
    if (!res.ok) throw new Error(`resend ${res.status}`);
    const { id } = await res.json();
    return id;
  }
}
