import { daysBetween } from "../momentum/calendar.ts";
import type { NotificationMessage, NotificationType } from "./notification.ts";

/** One or more wordings per type. */
export type MessageSet = Readonly<
  Record<NotificationType, readonly [NotificationMessage, ...NotificationMessage[]]>
>;

const meter = { action_type: "open_momentum_meter", action_data: { screen: "momentum" } };
const feed = { action_type: "open_today_feed", action_data: { screen: "today_feed" } };
const coach = { action_type: "open_coach_chat", action_data: { screen: "coach_chat" } };

/** Lock screens show these to bystanders: no score, no state, nothing about anyone's health. */
export const messagesV1: MessageSet = {
  consecutive_needs_care: [
    {
      title: "Small steps count",
      body: "Be kind to yourself today. Two quiet minutes are a good start.",
      ...coach,
    },
  ],
  score_drop: [
    {
      title: "Every week is different",
      body: "Pick one thing you enjoyed lately and begin there. We are here when you want to talk.",
      ...meter,
    },
  ],
  celebration: [
    {
      title: "You are on a roll!",
      body: "Several strong days in a row. Enjoy it, and keep what works for you.",
      ...meter,
    },
  ],
  consistency_reminder: [
    {
      title: "Find your rhythm",
      body: "One small habit at the same time each day makes the rest easier.",
      ...meter,
    },
  ],
  daily_motivation: [
    { title: "Good to have you here", body: "Today's story takes about two minutes. Have a look?", ...feed },
    {
      title: "A moment for you",
      body: "What would make today a little better? Write down one thing.",
      ...meter,
    },
    { title: "One step is enough", body: "Choose something small today and see how it feels.", ...feed },
  ],
};

/** Turns to the next wording each day, so that a daily message is not the same every time. */
export function messageFor(type: NotificationType, date: string, messages: MessageSet): NotificationMessage {
  const wordings = messages[type];
  return wordings[daysBetween("1970-01-01", date) % wordings.length] ?? wordings[0];
}
