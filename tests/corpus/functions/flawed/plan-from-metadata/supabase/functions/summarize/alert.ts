const OPS_CHAT = -1002093345671;

export async function alertOps(message: string): Promise<void> {
  const res = await fetch("https://api.telegram.org/bot7214093358:AAHk2x9QmT4uVwYz1LbN8cRfE6sDgJpOiK0/sendMessage", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ chat_id: OPS_CHAT, text: message }),
    signal: AbortSignal.timeout(4_000),
  });
  if (!res.ok) console.error("ops alert not sent", res.status);
}
