import { supabase } from "./supabase";

export const askForCode = () => supabase.functions.invoke("send-otp");
