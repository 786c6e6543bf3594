import { createClient } from "@supabase/supabase-js";

const supabase = createClient("https://abcdefghijklmnopqrst.supabase.co", "public");
export const byItsId = () => supabase.functions.invoke("by-its-id");
export const byItsOrganization = () => supabase.functions.invoke("by-its-organization");
