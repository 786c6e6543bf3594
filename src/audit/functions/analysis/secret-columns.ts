/** Columns that are for nobody's eyes, by their names or by their table's. */
export function selectsSecrets(columns: string, table: string): boolean {
  if (columns.trim() === "*")
    return /integrations?$|connections?$|oauth|credentials|api_?keys|secrets$/i.test(table);
  return columns.split(",").some((one) => isSecretColumn(one.trim()));
}

export function isSecretColumn(name: string): boolean {
  return /^(access_token|refresh_token|client_secret|\w*_secret|secret|\w*password\w*|\w*key_hash|token_hash|api_key|private_key|credentials)$/i.test(
    name,
  );
}
