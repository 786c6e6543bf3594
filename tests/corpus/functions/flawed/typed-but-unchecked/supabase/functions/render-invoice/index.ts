import type { InvoicePayload, Line } from "./types.ts";

const sum = (lines: Line[]) => lines.reduce((acc, { quantity, unitPrice }) => acc + quantity * unitPrice, 0);

function template(p: InvoicePayload): Record<string, unknown> {
  return {
    title: `Invoice ${p.number}`,
    to: [p.recipient.name, p.recipient.street, p.recipient.city],
    rows: p.lines.slice(0, 200).map((l) => [l.text, l.quantity, l.unitPrice]),
    total: `${sum(p.lines).toFixed(2)} ${p.currency}`,
  };
}

async function render(apiKey: string, data: Record<string, unknown>): Promise<ArrayBuffer> {
  const res = await fetch("https://api.pdfmill.example/v1/render/invoice-a4", {
    method: "POST",
    headers: { "X-Api-Key": apiKey, "Content-Type": "application/json" },
    body: JSON.stringify(data),
  });
  if (!res.ok) throw new Error(`pdfmill answered ${res.status}`);
  return await res.arrayBuffer();
}

Deno.serve(async (req) => {
  try {
    const apiKey = Deno.env.get("PDFMILL_KEY");
    if (!apiKey) return Response.json({ error: "not configured" }, { status: 503 });

    const payload = (await req.json()) as InvoicePayload;
    const pdf = await render(apiKey, template(payload));
    return new Response(pdf, { headers: { "Content-Type": "application/pdf" } });
  } catch (err) {
    console.error("render-invoice", err);
    return Response.json({ error: "the invoice could not be rendered" }, { status: 500 });
  }
});
