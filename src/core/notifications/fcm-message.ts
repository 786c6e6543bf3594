import type { NotificationMessage, NotificationType } from "./notification.ts";

/** The channel that the Android app creates. */
const androidChannel = "momentum_notifications";
/** FCM's limit on a message, in bytes of UTF-8. */
const maxBytes = 4096;
/** After this long a push about a day's momentum is no news any more. */
const ttlSeconds = 86_400;

export interface FcmMessageInput {
  /** The device's registration token. */
  readonly token: string;
  readonly type: NotificationType;
  readonly message: NotificationMessage;
  /** Id of the row in momentum_notifications; the app reports the opening with it. */
  readonly notificationId: string;
  readonly nowMs: number;
  /** A dry run: FCM checks the message and delivers nothing. */
  readonly validateOnly: boolean;
}

export interface FcmRequestBody {
  readonly validate_only: boolean;
  readonly message: {
    readonly token: string;
    readonly notification: { readonly title: string; readonly body: string };
    readonly data: Readonly<Record<string, string>>;
    readonly android: object;
    readonly apns: object;
    readonly webpush: object;
  };
}

type AssembledFcmMessage = { readonly body: FcmRequestBody } | { readonly issue: string };

/**
 * The body of `POST https://fcm.googleapis.com/v1/projects/{id}/messages:send` for one device.
 * A newer message of a type replaces the one that still waits or shows.
 * The issue says what FCM would refuse: no token, a reserved data key, too many bytes. The whole message is counted,
 * which is at least what FCM counts.
 * Source: firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
 */
export function assembleFcmMessage(input: FcmMessageInput): AssembledFcmMessage {
  const { token, type, message, notificationId, nowMs, validateOnly } = input;
  const data = {
    ...message.action_data,
    notification_id: notificationId,
    type,
    action_type: message.action_type,
  };
  const reserved = Object.keys(data).find((key) => /^(from|message_type|google.*|gcm.*)$/.test(key));
  if (token === "") return { issue: "The token is empty" };
  if (reserved !== undefined) return { issue: `The data key ${reserved} is reserved by FCM` };

  const body: FcmRequestBody = {
    validate_only: validateOnly,
    message: {
      token,
      notification: { title: message.title, body: message.body },
      data,
      // Urgent everywhere: a sleeping device would hold anything less back, perhaps into the quiet hours.
      android: {
        priority: "HIGH",
        ttl: `${ttlSeconds}s`,
        collapse_key: type,
        notification: { channel_id: androidChannel, tag: type },
      },
      apns: {
        headers: {
          "apns-push-type": "alert",
          "apns-priority": "10",
          "apns-expiration": String(Math.floor(nowMs / 1000) + ttlSeconds),
          "apns-collapse-id": type,
        },
        payload: { aps: { sound: "default", "thread-id": androidChannel } },
      },
      webpush: {
        headers: { TTL: String(ttlSeconds), Urgency: "high", Topic: type },
        notification: { tag: type },
      },
    },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(body.message)).length;
  if (bytes > maxBytes) return { issue: `The message has ${bytes} bytes, FCM takes ${maxBytes}` };
  return { body };
}
