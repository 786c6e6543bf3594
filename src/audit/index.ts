import type { SourceTree } from "../plan/source-tree.ts";
import { configInvalid } from "./env/config-invalid.ts";
import { envDartDefineMissing } from "./env/env-dart-define-missing.ts";
import { envDartDefineUnused } from "./env/env-dart-define-unused.ts";
import { envKeySwapped } from "./env/env-key-swapped.ts";
import { envLegacyFcm } from "./env/env-legacy-fcm.ts";
import { envMisnamed } from "./env/env-misnamed.ts";
import { envMissing } from "./env/env-missing.ts";
import { envNotOnTarget } from "./env/env-not-on-target.ts";
import { envPlaceholder } from "./env/env-placeholder.ts";
import { envReserved } from "./env/env-reserved.ts";
import { envSecretInApp } from "./env/env-secret-in-app.ts";
import { envUnknownPlatformName } from "./env/env-unknown-platform-name.ts";
import { envUnused } from "./env/env-unused.ts";
import { envWrongShape } from "./env/env-wrong-shape.ts";
import type { EnvWorld } from "./env/world.ts";
import { bodyUnvalidated } from "./functions/body-unvalidated.ts";
import { bundleLarge } from "./functions/bundle-large.ts";
import { coldStartImport } from "./functions/cold-start-import.ts";
import { corsOpen } from "./functions/cors-open.ts";
import { deletedStillCalled } from "./functions/deleted-still-called.ts";
import { denoCheck } from "./functions/deno/deno-check.ts";
import { denoLint } from "./functions/deno/deno-lint.ts";
import { deployedWithoutSource } from "./functions/deployed-without-source.ts";
import { duplicateMember } from "./functions/duplicate-member.ts";
import { envUnchecked } from "./functions/env-unchecked.ts";
import { errorReturned } from "./functions/error-returned.ts";
import { errorSwallowed } from "./functions/error-swallowed.ts";
import { falseSuccess } from "./functions/false-success.ts";
import { fcmLegacy } from "./functions/fcm-legacy.ts";
import { fetchWithoutTimeout } from "./functions/fetch-without-timeout.ts";
import { functionSyntax } from "./functions/function-syntax.ts";
import { functionUnused } from "./functions/function-unused.ts";
import { functionWithoutSource } from "./functions/function-without-source.ts";
import { idor } from "./functions/idor.ts";
import { importMissing } from "./functions/import-missing.ts";
import { importMixed } from "./functions/import-mixed.ts";
import { importUnpinned } from "./functions/import-unpinned.ts";
import { keyInCode } from "./functions/key-in-code.ts";
import { missingAuth } from "./functions/missing-auth.ts";
import { nativeDuplicate } from "./functions/native-duplicate.ts";
import { roleFromUserMetadata } from "./functions/role-from-user-metadata.ts";
import { routeNeverMatches } from "./functions/route-never-matches.ts";
import { secretMayBeUnset } from "./functions/secret-may-be-unset.ts";
import { secretReturned } from "./functions/secret-returned.ts";
import { sensitiveLogged } from "./functions/sensitive-logged.ts";
import { sqlFromStrings } from "./functions/sql-from-strings.ts";
import { ssrf } from "./functions/ssrf.ts";
import { tokenNotVerified } from "./functions/token-not-verified.ts";
import { unboundedInput } from "./functions/unbounded-input.ts";
import { undefinedCall } from "./functions/undefined-call.ts";
import { verdictInvalid } from "./functions/verdict-invalid.ts";
import { verdictOpen } from "./functions/verdict-open.ts";
import { verifyJwtOff } from "./functions/verify-jwt-off.ts";
import type { FunctionsWorld } from "./functions/world.ts";
import { addRequiredColumn } from "./migrations/add-required-column.ts";
import { alreadyExists } from "./migrations/already-exists.ts";
import { blocksEverybody } from "./migrations/blocks-everybody.ts";
import { callsMissingFunction } from "./migrations/calls-missing-function.ts";
import { cascade } from "./migrations/cascade.ts";
import { checkScan } from "./migrations/check-scan.ts";
import { codeUnknownColumn } from "./migrations/code-unknown-column.ts";
import { codeUnknownRpc } from "./migrations/code-unknown-rpc.ts";
import { codeUnknownTable } from "./migrations/code-unknown-table.ts";
import { columnTypeChange } from "./migrations/column-type-change.ts";
import { createdAndDropped } from "./migrations/created-and-dropped.ts";
import { defaultRevokeWithoutEffect } from "./migrations/default-revoke-without-effect.ts";
import { definerActsByArgument } from "./migrations/definer-acts-by-argument.ts";
import { definerSearchPath } from "./migrations/definer-search-path.ts";
import { demoData } from "./migrations/demo-data.ts";
import { dropColumn } from "./migrations/drop-column.ts";
import { dropTable } from "./migrations/drop-table.ts";
import { enumValueUsedAtOnce } from "./migrations/enum-value-used-at-once.ts";
import { foreignKeyScan } from "./migrations/foreign-key-scan.ts";
import { ifNotExistsIgnored } from "./migrations/if-not-exists-ignored.ts";
import { indexBlocksWrites } from "./migrations/index-blocks-writes.ts";
import { indexNotImmutable } from "./migrations/index-not-immutable.ts";
import { keyInSql } from "./migrations/key-in-sql.ts";
import { migrationDuplicate } from "./migrations/migration-duplicate.ts";
import { migrationEdited } from "./migrations/migration-edited.ts";
import { migrationEmpty } from "./migrations/migration-empty.ts";
import { migrationFails } from "./migrations/migration-fails.ts";
import { migrationFutureVersion } from "./migrations/migration-future-version.ts";
import { migrationIllNamed } from "./migrations/migration-ill-named.ts";
import { migrationMissingLocally } from "./migrations/migration-missing-locally.ts";
import { migrationMixedTransactions } from "./migrations/migration-mixed-transactions.ts";
import { migrationNotRepeatable } from "./migrations/migration-not-repeatable.ts";
import { migrationNotUtf8 } from "./migrations/migration-not-utf8.ts";
import { migrationOddVersion } from "./migrations/migration-odd-version.ts";
import { migrationOutOfOrder } from "./migrations/migration-out-of-order.ts";
import { migrationTransactionControl } from "./migrations/migration-transaction-control.ts";
import { migrationUnnamedIndex } from "./migrations/migration-unnamed-index.ts";
import { migrationUnproven } from "./migrations/migration-unproven.ts";
import { placeholderInSql } from "./migrations/placeholder-in-sql.ts";
import { policyAlwaysTrue } from "./migrations/policy-always-true.ts";
import { policyInsertUnchecked } from "./migrations/policy-insert-unchecked.ts";
import { policyRecursion } from "./migrations/policy-recursion.ts";
import { policyWithoutRls } from "./migrations/policy-without-rls.ts";
import { policyWrongClause } from "./migrations/policy-wrong-clause.ts";
import { renameBreaksCode } from "./migrations/rename-breaks-code.ts";
import { setNotNullScan } from "./migrations/set-not-null-scan.ts";
import { settingNobodySets } from "./migrations/setting-nobody-sets.ts";
import { sqlSyntax } from "./migrations/sql-syntax.ts";
import { tableWithoutGrant } from "./migrations/table-without-grant.ts";
import { tableWithoutRls } from "./migrations/table-without-rls.ts";
import { unboundedChange } from "./migrations/unbounded-change.ts";
import { uniqueBuildsIndex } from "./migrations/unique-builds-index.ts";
import { unknownColumn } from "./migrations/unknown-column.ts";
import { unknownEnumValue } from "./migrations/unknown-enum-value.ts";
import { unknownExtension } from "./migrations/unknown-extension.ts";
import { unknownFunction } from "./migrations/unknown-function.ts";
import { unknownObject } from "./migrations/unknown-object.ts";
import { unknownSchema } from "./migrations/unknown-schema.ts";
import { unknownTable } from "./migrations/unknown-table.ts";
import { unknownType } from "./migrations/unknown-type.ts";
import { unqualifiedInDefiner } from "./migrations/unqualified-in-definer.ts";
import { usedBeforeCreated } from "./migrations/used-before-created.ts";
import { validateInSameFile } from "./migrations/validate-in-same-file.ts";
import { viewBypassesRls } from "./migrations/view-bypasses-rls.ts";
import { volatileDefault } from "./migrations/volatile-default.ts";
import type { MigrationWorld } from "./migrations/world.ts";
import type { Rule, RuleText } from "./rule.ts";
import { sourceUnread } from "./sources/source-unread.ts";

/** Every rule of `bee audit`, by what it looks at. Adding one is a file and a line here. */
export const sourceRules: readonly Rule<SourceTree>[] = [sourceUnread];

export const migrationRules: readonly Rule<MigrationWorld>[] = [
  sqlSyntax,
  migrationDuplicate,
  migrationEdited,
  migrationEmpty,
  migrationFutureVersion,
  migrationIllNamed,
  migrationMissingLocally,
  migrationMixedTransactions,
  migrationNotUtf8,
  migrationOddVersion,
  migrationOutOfOrder,
  migrationTransactionControl,
  migrationUnnamedIndex,
  migrationFails,
  migrationNotRepeatable,
  migrationUnproven,
  addRequiredColumn,
  alreadyExists,
  blocksEverybody,
  callsMissingFunction,
  cascade,
  checkScan,
  codeUnknownColumn,
  codeUnknownRpc,
  codeUnknownTable,
  columnTypeChange,
  createdAndDropped,
  defaultRevokeWithoutEffect,
  definerActsByArgument,
  definerSearchPath,
  demoData,
  dropColumn,
  dropTable,
  enumValueUsedAtOnce,
  foreignKeyScan,
  ifNotExistsIgnored,
  indexBlocksWrites,
  indexNotImmutable,
  keyInSql,
  placeholderInSql,
  policyAlwaysTrue,
  policyInsertUnchecked,
  policyRecursion,
  policyWithoutRls,
  policyWrongClause,
  renameBreaksCode,
  setNotNullScan,
  settingNobodySets,
  tableWithoutGrant,
  tableWithoutRls,
  unboundedChange,
  uniqueBuildsIndex,
  unknownColumn,
  unknownEnumValue,
  unknownExtension,
  unknownFunction,
  unknownObject,
  unknownSchema,
  unknownTable,
  unknownType,
  unqualifiedInDefiner,
  usedBeforeCreated,
  validateInSameFile,
  viewBypassesRls,
  volatileDefault,
];

export const envRules: readonly Rule<EnvWorld>[] = [
  configInvalid,
  envDartDefineMissing,
  envDartDefineUnused,
  envKeySwapped,
  envLegacyFcm,
  envMisnamed,
  envMissing,
  envNotOnTarget,
  envPlaceholder,
  envReserved,
  envSecretInApp,
  envUnknownPlatformName,
  envUnused,
  envWrongShape,
];

export const functionRules: readonly Rule<FunctionsWorld>[] = [
  bodyUnvalidated,
  bundleLarge,
  coldStartImport,
  corsOpen,
  deletedStillCalled,
  deployedWithoutSource,
  duplicateMember,
  envUnchecked,
  errorReturned,
  errorSwallowed,
  falseSuccess,
  fcmLegacy,
  fetchWithoutTimeout,
  functionSyntax,
  functionUnused,
  functionWithoutSource,
  idor,
  importMissing,
  importMixed,
  importUnpinned,
  keyInCode,
  missingAuth,
  nativeDuplicate,
  roleFromUserMetadata,
  routeNeverMatches,
  secretMayBeUnset,
  secretReturned,
  sensitiveLogged,
  sqlFromStrings,
  ssrf,
  tokenNotVerified,
  unboundedInput,
  undefinedCall,
  verdictInvalid,
  verdictOpen,
  verifyJwtOff,
];

/** Sources of findings that are named after another tool's: `deno-check/TS2304`. */
export const familyRules: readonly RuleText[] = [denoCheck, denoLint];

export const allRules: readonly RuleText[] = [
  ...sourceRules,
  ...functionRules,
  ...familyRules,
  ...migrationRules,
  ...envRules,
];
