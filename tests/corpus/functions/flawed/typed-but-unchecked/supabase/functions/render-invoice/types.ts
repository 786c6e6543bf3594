export interface Line {
  text: string;
  quantity: number;
  unitPrice: number;
}

export interface InvoicePayload {
  number: string;
  recipient: { name: string; street: string; city: string };
  lines: Line[];
  currency: "EUR" | "SEK";
}
