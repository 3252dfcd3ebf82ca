const words = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean);

/**
 * Built-in functions that only compute from their arguments. User functions can write, and many built-in ones read files,
 * settings or other sessions, run SQL from a text, wait, lock or draw numbers from a sequence: none of those is here.
 */
export const allowedFunctions: ReadonlySet<string> = new Set([
  // Aggregates and windows
  ...words(`count sum avg min max every bool_and bool_or bit_and bit_or bit_xor array_agg string_agg xmlagg any_value
    json_agg jsonb_agg json_object_agg jsonb_object_agg json_agg_strict jsonb_agg_strict json_object_agg_strict
    jsonb_object_agg_strict json_object_agg_unique jsonb_object_agg_unique range_agg range_intersect_agg
    corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
    stddev stddev_pop stddev_samp variance var_pop var_samp mode percentile_cont percentile_disc
    row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value grouping`),
  // Numbers
  ...words(`abs cbrt ceil ceiling degrees div erf erfc exp factorial floor gcd lcm ln log log10 min_scale mod pi power pow
    radians round scale sign sqrt trim_scale trunc width_bucket random random_normal
    acos acosd asin asind atan atand atan2 atan2d cos cosd cot cotd sin sind tan tand
    sinh cosh tanh asinh acosh atanh gamma lgamma numeric_inc bit_count
    greatest least int2 int4 int8 float4 float8 numeric`),
  // Text
  ...words(`ascii bit_length btrim casefold char_length character_length chr concat concat_ws convert convert_from convert_to
    decode encode format initcap left length lower lpad ltrim md5 normalize is_normalized octet_length overlay parse_ident
    position quote_ident quote_literal quote_nullable regexp_count regexp_instr regexp_like regexp_match regexp_matches
    regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat replace reverse right rpad rtrim
    sha224 sha256 sha384 sha512 crc32 crc32c split_part starts_with string_to_array string_to_table strpos substr substring
    text to_ascii to_bin to_hex to_oct translate trim unistr unicode_assigned upper get_bit get_byte set_bit set_byte
    similar_to_escape similar_escape like_escape like notlike ilike xmlcomment xmlconcat xmlelement xmlforest xpath
    xpath_exists xml_is_well_formed xml_is_well_formed_content xml_is_well_formed_document bpchar varchar name`),
  // Dates
  ...words(`age clock_timestamp date_add date_bin date_part date_subtract date_trunc extract isfinite justify_days justify_hours
    justify_interval make_date make_interval make_time make_timestamp make_timestamptz now overlaps statement_timestamp
    timeofday timezone to_char to_date to_number to_timestamp transaction_timestamp date time timetz timestamp timestamptz
    interval`),
  // JSON
  ...words(`array_to_json row_to_json to_json to_jsonb json_array_elements json_array_elements_text json_array_length
    json_build_array json_build_object json_each json_each_text json_extract_path json_extract_path_text json_object
    json_object_keys json_populate_record json_populate_recordset json_strip_nulls json_to_record json_to_recordset
    json_typeof json_scalar json_serialize jsonb_array_elements jsonb_array_elements_text jsonb_array_length
    jsonb_build_array jsonb_build_object jsonb_concat jsonb_contains jsonb_each jsonb_each_text jsonb_exists
    jsonb_exists_all jsonb_exists_any jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object
    jsonb_object_keys jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query
    jsonb_path_query_array jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz jsonb_path_query_tz
    jsonb_populate_record jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls
    jsonb_to_record jsonb_to_recordset jsonb_typeof`),
  // Arrays, ranges, sets
  ...words(`array_append array_cat array_dims array_fill array_length array_lower array_ndims array_position array_positions
    array_prepend array_remove array_replace array_reverse array_sample array_shuffle array_sort array_to_string
    array_to_tsvector array_upper cardinality trim_array unnest generate_series generate_subscripts
    isempty lower_inc lower_inf upper_inc upper_inf range_merge multirange int4range int8range numrange tsrange tstzrange
    daterange int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange
    coalesce nullif num_nonnulls num_nulls row`),
  // Full text
  ...words(`get_current_ts_config numnode phraseto_tsquery plainto_tsquery querytree setweight strip to_tsquery to_tsvector
    json_to_tsvector jsonb_to_tsvector ts_delete ts_filter ts_headline ts_rank ts_rank_cd tsquery_phrase
    tsvector_to_array websearch_to_tsquery similarity word_similarity strict_word_similarity show_trgm unaccent`),
  // Addresses, geometry, ids
  ...words(`abbrev broadcast cidr family host hostmask inet_merge inet_same_family inet masklen netmask network set_masklen
    area box center circle diagonal diameter height isclosed isopen line lseg npoints path pclose point polygon popen
    radius slope width gen_random_uuid uuidv4 uuidv7 uuid_extract_timestamp uuid_extract_version uuid`),
  // Names and sizes of things the role may already see
  ...words(`version current_database current_schema current_schemas current_catalog current_user current_role session_user
    user pg_typeof pg_column_size pg_size_pretty pg_size_bytes pg_relation_size pg_table_size pg_indexes_size
    pg_total_relation_size pg_database_size pg_get_userbyid format_type obj_description col_description to_regclass
    to_regtype hashtext hashtextextended`),
]);

/** `ts_rewrite`, `query_to_xml` and their like run SQL from a text; `ts_stat` too. Named here so that a reason can say why. */
const kinds: readonly (readonly [RegExp, { readonly en: string; readonly ko: string }])[] = [
  [/^pg_sleep/, { en: 'it waits', ko: '대기하는 함수입니다' }],
  [
    /^(pg_(read|write|ls|stat)_|pg_stat_file$|pg_current_logfile|lo_|loread|lowrite|pg_file_|copy_)/,
    { en: 'it reaches files', ko: '파일에 접근합니다' },
  ],
  [/^(dblink|postgres_fdw|http|curl|aws_|plpy)/, { en: 'it reaches other servers', ko: '다른 서버에 접근합니다' }],
  [/^(set_config|setseed|pg_reload_conf|pg_rotate_logfile)/, { en: 'it changes settings', ko: '설정을 바꿉니다' }],
  [/^(current_setting|pg_show_all_)/, { en: 'it reads settings', ko: '설정을 읽습니다' }],
  [/^(nextval|setval|currval|lastval)$/, { en: 'it uses a sequence', ko: '시퀀스를 사용합니다' }],
  [/advisory/, { en: 'it takes a lock', ko: '잠금을 잡습니다' }],
  [
    /(_to_xml|_to_xmlschema|_to_xml_and_xmlschema)$|^(ts_stat|ts_rewrite|execute|plpgsql|crosstab|connectby)/,
    { en: 'it runs SQL given as text', ko: '문자열로 된 SQL을 실행합니다' },
  ],
  [
    /^(pg_terminate|pg_cancel|pg_promote|pg_create|pg_drop|pg_switch|pg_start|pg_stop|pg_backup|pg_log|pg_replication|pg_logical|pg_import|pg_export|pg_notify|txid_|pg_wal)/,
    { en: 'it acts on the server', ko: '서버에 작용합니다' },
  ],
];

/** Why a function is not on the list, where that is known. */
export function whyNot(name: string): { readonly en: string; readonly ko: string } {
  return (
    kinds.find(([pattern]) => pattern.test(name))?.[1] ?? {
      en: 'it is not on the list of functions that only compute',
      ko: '계산만 하는 함수 목록에 없습니다',
    }
  );
}

/** Names that mean a call when a column of that name does not exist: `row.name` runs a function. */
export function readsAsCall(name: string): boolean {
  return kinds.some(([pattern]) => pattern.test(name)) || name.startsWith('pg_');
}

/** Operators whose meaning is built in. Others may be a user's own and run a function of theirs. */
export const allowedOperators: ReadonlySet<string> = new Set(
  words(`+ - * / % ^ |/ ||/ ! !! @ & | # ~ << >> < > <= >= = <> != || ~~ !~~ ~~* !~~* ~* !~ !~* ^@ ~<~ ~<=~ ~>=~ ~>~
    -> ->> #> #>> @> <@ ? ?| ?& #- @? @@ @@@ && -|- &< &> <<| |>> &<| |&> <-> <^ >^ ?# ?- ?|| ?-| ## @-@ @@ ~= *< *> *<= *>= *= *<>
    <% %> <<% %>> <<<-> <->>> <<-> <->> <<->> ~<> !~~ BETWEEN between IS isnull notnull`).concat('!~~*', '<<=', '>>='),
);
