import { createClient } from "@supabase/supabase-js";

const supabase = createClient("https://abcdefghijklmnopqrst.supabase.co", "public");
export const userOrTwoRefusals = () => supabase.functions.invoke("user-or-two-refusals");
export const errorThenUser = () => supabase.functions.invoke("error-then-user");
export const anonymousRefused = () => supabase.functions.invoke("anonymous-refused");
export const errorIsAResponse = () => supabase.functions.invoke("error-is-a-response");
export const okAndAResponse = () => supabase.functions.invoke("ok-and-a-response");
export const nullForNobody = () => supabase.functions.invoke("null-for-nobody");
export const throws = () => supabase.functions.invoke("throws");
export const errorAndStatus = () => supabase.functions.invoke("error-and-status");
export const userAndResponse = () => supabase.functions.invoke("user-and-response");
export const helperOfAHelper = () => supabase.functions.invoke("helper-of-a-helper");
export const roleAfterAHelper = () => supabase.functions.invoke("role-after-a-helper");
