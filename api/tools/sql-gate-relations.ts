const words = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean);

/** System catalogues that say what there is and hold nothing secret. Roles, settings, statements and sessions of others are not here. */
const openCatalogues: ReadonlySet<string> = new Set(
  words(`pg_class pg_namespace pg_attribute pg_type pg_index pg_indexes pg_constraint pg_description pg_enum pg_tables pg_views
    pg_matviews pg_inherits pg_partitioned_table pg_collation pg_am pg_opclass pg_operator pg_range pg_sequences
    pg_stat_user_tables pg_stat_user_indexes pg_statio_user_tables pg_statio_user_indexes pg_stat_all_tables
    pg_stat_all_indexes pg_stat_database pg_stat_bgwriter pg_stat_checkpointer pg_stat_wal pg_stat_archiver pg_stat_io
    pg_stat_progress_vacuum pg_stat_progress_create_index pg_stat_progress_analyze pg_timezone_names pg_timezone_abbrevs
    pg_database pg_tablespace pg_extension pg_available_extensions pg_locks`),
);
const openInformation: ReadonlySet<string> = new Set(
  words(`tables columns views schemata table_constraints key_column_usage constraint_column_usage referential_constraints
    check_constraints constraint_table_usage sequences domains collations character_sets information_schema_catalog_name`),
);
/** Columns of open catalogues that hold more than names: access lists and locale of the cluster are harmless, these are not. */
const namedSecrets =
  /^(?:.*_)?(?:password|passwd|passphrase|pwd|pw|secret|private_?key|secret_?key|api_?key|access_?key|signing_?key|encryption_?key|credentials?|(?:access|refresh|auth|api|session|bearer|reset|csrf|oauth|id|client|user)_?token)(?:_?(?:hash|hashed|digest|salt|enc|encrypted|cipher|ciphertext|value|text|plain))?$|^(?:rolpassword|usepasswd|umoptions|subconninfo|srvoptions|password_?salt|otp_?seed|totp_?secret|pin_?code|cvc|cvv)$/i;

/** Whether a column is named after a secret. Times and counts about secrets (`password_changed_at`, `token_count`) are not. */
export function isSecretColumn(name: string): boolean {
  return namedSecrets.test(name.replace(/([a-z0-9])([A-Z])/g, '$1_$2'));
}

/** What a relation's name alone says: whether it belongs to the system, and if so whether it may be read. */
export function judgeSystemRelation(schema: string | null, name: string): 'not-system' | 'open' | 'closed' {
  const folder = schema ?? (name.startsWith('pg_') ? 'pg_catalog' : null);
  if (folder === 'pg_catalog') return openCatalogues.has(name) ? 'open' : 'closed';
  if (folder === 'information_schema') return openInformation.has(name) ? 'open' : 'closed';
  return folder?.startsWith('pg_') ? 'closed' : 'not-system';
}
