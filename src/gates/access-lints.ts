import rlsOff from "./sql/0101_rls_off.sql";
import rlsWithoutPolicy from "./sql/0102_rls_without_policy.sql";
import viewBypassesRls from "./sql/0103_view_bypasses_rls.sql";
import matviewExposed from "./sql/0104_matview_exposed.sql";
import foreignTableExposed from "./sql/0105_foreign_table_exposed.sql";
import authUsersExposed from "./sql/0106_auth_users_exposed.sql";
import definerCallable from "./sql/0107_definer_callable.sql";
import definerSearchPath from "./sql/0108_definer_search_path.sql";
import searchPathMutable from "./sql/0109_search_path_mutable.sql";
import policyAlwaysTrue from "./sql/0110_policy_always_true.sql";
import policyNullCaller from "./sql/0111_policy_null_caller.sql";
import policyComparesItself from "./sql/0112_policy_compares_itself.sql";
import policyUserMetadata from "./sql/0113_policy_user_metadata.sql";
import signupMetadata from "./sql/0114_signup_metadata.sql";
import policyRequestHeader from "./sql/0115_policy_request_header.sql";
import policyAsksNobody from "./sql/0116_policy_asks_nobody.sql";
import policyOwnerMoves from "./sql/0117_policy_owner_moves.sql";
import policyIgnoresRow from "./sql/0118_policy_ignores_row.sql";
import policyInverted from "./sql/0119_policy_inverted.sql";
import policyCurrentUser from "./sql/0120_policy_current_user.sql";
import realtimeWithoutRls from "./sql/0121_realtime_without_rls.sql";
import realtimeChannelsOpen from "./sql/0122_realtime_channels_open.sql";
import storageOpen from "./sql/0123_storage_open.sql";
import bucketPublic from "./sql/0124_bucket_public.sql";
import defaultPrivileges from "./sql/0125_default_privileges.sql";
import truncateGranted from "./sql/0126_truncate_granted.sql";
import extensionExposed from "./sql/0127_extension_exposed.sql";
import sequenceWritable from "./sql/0128_sequence_writable.sql";
import apiRoleOwns from "./sql/0129_api_role_owns.sql";
import apiRoleMighty from "./sql/0130_api_role_mighty.sql";
import privilegeColumnWritable from "./sql/0131_privilege_column_writable.sql";
import functionLeakproof from "./sql/0132_function_leakproof.sql";
import policyPerRow from "./sql/0133_policy_per_row.sql";
import policiesOverlap from "./sql/0134_policies_overlap.sql";
import policyForPublic from "./sql/0135_policy_for_public.sql";
import queueExposed from "./sql/0136_queue_exposed.sql";
import policyFallsOpen from "./sql/0137_policy_falls_open.sql";
import prelude from "./sql/access_prelude.sql";

export interface AccessLint {
  /** Names the finding; waivers refer to it. */
  readonly rule: string;
  /** One SELECT over the prelude: subject, detail, fix (SQL), severity. */
  readonly sql: string;
}

export const accessLints: readonly AccessLint[] = [
  { rule: "rls-off", sql: rlsOff },
  { rule: "rls-without-policy", sql: rlsWithoutPolicy },
  { rule: "view-bypasses-rls", sql: viewBypassesRls },
  { rule: "matview-exposed", sql: matviewExposed },
  { rule: "foreign-table-exposed", sql: foreignTableExposed },
  { rule: "auth-users-exposed", sql: authUsersExposed },
  { rule: "definer-callable", sql: definerCallable },
  { rule: "definer-search-path", sql: definerSearchPath },
  { rule: "search-path-mutable", sql: searchPathMutable },
  { rule: "policy-always-true", sql: policyAlwaysTrue },
  { rule: "policy-null-caller", sql: policyNullCaller },
  { rule: "policy-compares-itself", sql: policyComparesItself },
  { rule: "policy-user-metadata", sql: policyUserMetadata },
  { rule: "signup-metadata", sql: signupMetadata },
  { rule: "policy-request-header", sql: policyRequestHeader },
  { rule: "policy-asks-nobody", sql: policyAsksNobody },
  { rule: "policy-owner-moves", sql: policyOwnerMoves },
  { rule: "policy-ignores-row", sql: policyIgnoresRow },
  { rule: "policy-inverted", sql: policyInverted },
  { rule: "policy-current-user", sql: policyCurrentUser },
  { rule: "realtime-without-rls", sql: realtimeWithoutRls },
  { rule: "realtime-channels-open", sql: realtimeChannelsOpen },
  { rule: "storage-open", sql: storageOpen },
  { rule: "bucket-public", sql: bucketPublic },
  { rule: "default-privileges", sql: defaultPrivileges },
  { rule: "truncate-granted", sql: truncateGranted },
  { rule: "extension-exposed", sql: extensionExposed },
  { rule: "sequence-writable", sql: sequenceWritable },
  { rule: "api-role-owns", sql: apiRoleOwns },
  { rule: "api-role-mighty", sql: apiRoleMighty },
  { rule: "privilege-column-writable", sql: privilegeColumnWritable },
  { rule: "function-leakproof", sql: functionLeakproof },
  { rule: "policy-per-row", sql: policyPerRow },
  { rule: "policies-overlap", sql: policiesOverlap },
  { rule: "policy-for-public", sql: policyForPublic },
  { rule: "queue-exposed", sql: queueExposed },
  { rule: "policy-falls-open", sql: policyFallsOpen },
];

/** A row of the query below. */
export interface AccessLintRow {
  readonly rule: string;
  readonly subject: string;
  readonly detail: string;
  readonly fix: string;
  readonly severity: "error" | "warning" | "info";
}

/** The rule of the rows that say what could not be judged: a role of the API that is not there, buckets that cannot be read. */
export const notJudged = "not-judged";

/**
 * One query for all of them. Parameters: exposed schemas (text[]) and relations declared public (text[]).
 * A database without the roles of the API would pass everything, so what is missing is a row too.
 */
export function assembleAccessQuery(lints: readonly AccessLint[] = accessLints): string {
  const selects = lints.map(({ rule, sql }) => `select '${rule}' as rule, l.* from (\n${sql}\n) l`);
  return `${prelude}
${selects.join("\nunion all\n")}
union all
select '${notJudged}', name, format('there is no role %s', name), '', 'error'
from unnest(array['anon', 'authenticated']) name where name not in (select name from api_role)
union all
select '${notJudged}', 'storage.buckets', format('%s may not read storage.buckets', current_user), '', 'error'
where not has_table_privilege((select oid from platform where name = 'storage.buckets'), 'select') or row_security_active((select oid from platform where name = 'storage.buckets'))
order by 1, 2`;
}
