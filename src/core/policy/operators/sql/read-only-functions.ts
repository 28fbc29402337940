/**
 * Functions of PostgreSQL that compute from their arguments or read what any SELECT may read, and do nothing else. What
 * is not here is not allowed: among the rest are functions that write, lock, wait, signal, send, read files, change
 * settings, advance sequences or run a text as SQL.
 */
const names = `
  count sum avg min max every bool_and bool_or bit_and bit_or bit_xor any_value
  array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg range_agg range_intersect_agg
  stddev stddev_pop stddev_samp variance var_pop var_samp corr covar_pop covar_samp
  regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
  mode percentile_cont percentile_disc
  row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
  abs cbrt ceil ceiling degrees div erf erfc exp factorial floor gcd lcm ln log log10 min_scale mod pi power radians
  random round scale sign sqrt trim_scale trunc width_bucket
  acos acosd asin asind atan atand atan2 atan2d cos cosd cot cotd sin sind tan tand sinh cosh tanh asinh acosh atanh
  ascii bit_length btrim char_length character_length chr concat concat_ws format initcap left length lower lpad ltrim
  md5 normalize octet_length overlay parse_ident pg_client_encoding position quote_ident quote_literal quote_nullable
  regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array
  regexp_split_to_table regexp_substr repeat replace reverse right rpad rtrim split_part starts_with string_to_array
  string_to_table strpos substr substring to_ascii to_hex to_oct to_bin translate trim unistr upper casefold
  like_escape similar_to_escape similar_escape is_normalized pg_collation_for levenshtein similarity word_similarity unaccent soundex metaphone
  convert convert_from convert_to decode encode get_bit get_byte set_bit set_byte bit_count crc32 crc32c
  sha224 sha256 sha384 sha512
  age clock_timestamp date_add date_bin date_part date_subtract date_trunc extract isfinite justify_days justify_hours
  justify_interval make_date make_interval make_time make_timestamp make_timestamptz now statement_timestamp timeofday
  timezone to_timestamp transaction_timestamp to_char to_date to_number overlaps
  enum_first enum_last enum_range
  array_append array_cat array_dims array_fill array_length array_lower array_ndims array_position array_positions
  array_prepend array_remove array_replace array_reverse array_sample array_shuffle array_sort array_to_string
  array_upper cardinality trim_array unnest generate_series generate_subscripts
  isempty lower_inc lower_inf upper_inc upper_inf range_merge multirange
  int4range int8range numrange tsrange tstzrange daterange
  to_json to_jsonb array_to_json row_to_json json_build_array jsonb_build_array json_build_object jsonb_build_object
  json_object jsonb_object json_array_elements jsonb_array_elements json_array_elements_text
  jsonb_array_elements_text json_array_length jsonb_array_length json_each jsonb_each json_each_text jsonb_each_text
  json_extract_path jsonb_extract_path json_extract_path_text jsonb_extract_path_text json_object_keys
  jsonb_object_keys json_strip_nulls jsonb_strip_nulls jsonb_set jsonb_set_lax jsonb_insert jsonb_path_exists
  jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first jsonb_path_exists_tz
  jsonb_path_match_tz jsonb_path_query_tz jsonb_path_query_array_tz jsonb_path_query_first_tz jsonb_pretty
  json_typeof jsonb_typeof json_scalar json_to_recordset jsonb_to_recordset json_to_record jsonb_to_record
  to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd ts_headline
  tsvector_to_array array_to_tsvector numnode querytree strip setweight ts_delete ts_filter
  abbrev broadcast family host hostmask masklen netmask network set_masklen inet_merge inet_same_family
  area center diameter height isclosed isopen npoints pclose popen radius slope width
  coalesce nullif greatest least num_nulls num_nonnulls
  pg_typeof version current_database current_schema current_schemas
  format_type obj_description col_description shobj_description pg_get_constraintdef pg_get_expr pg_get_functiondef
  pg_get_function_arguments pg_get_function_identity_arguments pg_get_function_result pg_get_indexdef pg_get_keywords
  pg_get_partkeydef pg_get_ruledef pg_get_serial_sequence pg_get_statisticsobjdef pg_get_triggerdef pg_get_userbyid
  pg_get_viewdef pg_table_is_visible pg_type_is_visible pg_function_is_visible pg_relation_size pg_table_size
  pg_total_relation_size pg_indexes_size pg_database_size pg_tablespace_size pg_column_size pg_size_pretty
  to_regclass to_regtype to_regproc to_regprocedure to_regnamespace to_regrole
  has_table_privilege has_column_privilege has_any_column_privilege has_schema_privilege has_database_privilege
  has_function_privilege has_sequence_privilege pg_has_role
  gen_random_uuid uuidv4 uuidv7 uuid_extract_timestamp uuid_extract_version
`;

export const readOnlyFunctions: ReadonlySet<string> = new Set(names.split(/\s+/).filter((name) => name !== ''));

/** Types of PostgreSQL itself: casting to another may run a function that somebody wrote. */
export const builtInTypes: ReadonlySet<string> = new Set(
  `bool char name text varchar bpchar bytea bit varbit int2 int4 int8 float4 float8 numeric money oid
   date time timetz timestamp timestamptz interval uuid json jsonb jsonpath inet cidr macaddr macaddr8
   point line lseg box path polygon circle tsvector tsquery
   int4range int8range numrange tsrange tstzrange daterange
   int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange
   regclass regtype regproc regprocedure regnamespace regrole regoper regoperator regconfig regdictionary`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

/** Operators of PostgreSQL itself on its own types, and what its parser calls operators. */
export const builtInOperators: ReadonlySet<string> = new Set([
  'BETWEEN',
  'NOT BETWEEN',
  'BETWEEN SYMMETRIC',
  'NOT BETWEEN SYMMETRIC',
  ...'+ - * / % ^ = <> != < > <= >= || |/ ||/ @ & | # ~ << >> ~~ ~~* !~~ !~~* ~* !~ !~* ^@ -> ->> #> #>> @> <@ ? ?| ?& #- @? @@ @@@ && -|- &< &> <<= >>= <-> <<-> <->> ~= ?# ?- ?|| ?-| ## <^ >^ <<| |>> &<| |&> !! *= *<> *< *> *<= *>='.split(
    ' ',
  ),
]);
