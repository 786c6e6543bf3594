import { pgTable, text, uuid } from "npm:drizzle-orm@0.34.1/pg-core";

export const users = pgTable("users", { id: uuid("id").primaryKey(), plan: text("plan") });
