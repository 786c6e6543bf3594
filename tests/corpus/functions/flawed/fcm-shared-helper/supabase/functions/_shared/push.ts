const FCM_HOST = "https://fcm.googleapis.com";

type Message = { to: string; title: string; data?: Record<string, string> };

export function pushClient(serverKey: string) {
  return {
    async send({ to, title, data }: Message): Promise<void> {
      const res = await fetch(`${FCM_HOST}/fcm/send`, {
        method: "POST",
        headers: { authorization: `key=${serverKey}`, "content-type": "application/json" },
        body: JSON.stringify({ to, notification: { title }, data }),
        signal: AbortSignal.timeout(6_000),
      });
      if (!res.ok) throw new Error(`fcm ${res.status}`);
    },
  };
}
