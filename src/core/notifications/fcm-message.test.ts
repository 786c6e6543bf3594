import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backoffMs } from "./backoff.ts";
import { assembleFcmMessage, type FcmMessageInput } from "./fcm-message.ts";
import { judgeFcmReply } from "./fcm-reply.ts";
import { messagesV1 } from "./messages.ts";

const input: FcmMessageInput = {
  token: "t".repeat(250),
  type: "celebration",
  message: messagesV1.celebration[0],
  notificationId: "0b6f5f0e-6f5c-4d0a-9a43-0e6a55f4c111",
  nowMs: Date.UTC(2026, 2, 10),
  validateOnly: true,
};

describe("assembleFcmMessage", () => {
  it.each(Object.values(messagesV1).flat())("sends '$title' well within the limit", (message) => {
    const assembled = assembleFcmMessage({ ...input, message });
    expect(JSON.stringify(assembled).length).toBeLessThan(1500);
    expect(assembled).toHaveProperty("body.message.notification.title", message.title);
  });

  it("never passes on more than 4096 bytes or a value that is no text", () => {
    const text = fc.string({ unit: "binary", maxLength: 400 });
    fc.assert(
      fc.property(
        text,
        text,
        fc.dictionary(fc.string(), text, { maxKeys: 3 }),
        (title, body, action_data) => {
          const message = { title, body, action_type: "open_app", action_data };
          const assembled = assembleFcmMessage({ ...input, message });
          if ("issue" in assembled) return;
          expect(Buffer.byteLength(JSON.stringify(assembled.body.message))).toBeLessThanOrEqual(4096);
          expect(
            Object.values(assembled.body.message.data).filter((value) => typeof value !== "string"),
          ).toEqual([]);
        },
      ),
    );
  });

  it("never shows the token in an issue", () => {
    const message = { ...input.message, body: "x".repeat(5000) };
    expect(assembleFcmMessage({ ...input, message })).toEqual({
      issue: expect.stringMatching(/^The message has \d+ bytes, FCM takes 4096$/),
    });
  });
});

describe("judgeFcmReply", () => {
  it("answers anything, sent on 2xx alone, and passes no text of a stranger on", () => {
    const status = fc.integer({ min: 100, max: 599 });
    const body = fc.oneof(fc.string(), fc.json(), fc.constant('{"name":"projects/p/messages/1"}'));
    fc.assert(
      fc.property(status, body, fc.option(fc.string()), (status, body, retryAfter) => {
        const reply = judgeFcmReply(status, body, retryAfter, 0);
        if (reply.kind === "sent") expect(status >= 200 && status < 300).toBe(true);
        else expect(reply.detail).toMatch(/^\d{3} ([A-Z_]+|without an error code|without a message name)$/);
      }),
    );
  });
});

describe("backoffMs", () => {
  it("doubles up to a minute and scatters over the upper half", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 5000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const wholeMs = Math.min(60_000, 1000 * 2 ** Math.min(attempt, 10));
          expect(backoffMs(attempt, random)).toBeGreaterThanOrEqual(wholeMs / 2);
          expect(backoffMs(attempt, random)).toBeLessThanOrEqual(wholeMs);
        },
      ),
    );
  });
});
