import { createClient } from "@supabase/supabase-js";

const supabase = createClient("https://abcdefghijklmnopqrst.supabase.co", "public");
export const roleInTheQuery = () => supabase.functions.invoke("role-in-the-query");
export const listOfRoles = () => supabase.functions.invoke("list-of-roles");
export const aFlag = () => supabase.functions.invoke("a-flag");
export const someOfSeveral = () => supabase.functions.invoke("some-of-several");
export const tableOfAdmins = () => supabase.functions.invoke("table-of-admins");
export const countOfAdmins = () => supabase.functions.invoke("count-of-admins");
export const listInTheEnvironment = () => supabase.functions.invoke("list-in-the-environment");
export const nestedPermission = () => supabase.functions.invoke("nested-permission");
