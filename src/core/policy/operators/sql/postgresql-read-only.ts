import { builtInOperators, builtInTypes, readOnlyFunctions } from './read-only-functions.ts';

/**
 * What a parse tree of PostgreSQL's own parser says of a text: it is one statement that only reads, one that writes, or
 * neither can be shown. "Reads" is proven by a table of what may occur: kinds of nodes, their fields, functions, types
 * and operators. Anything that is not in the table (`INTO`, `FOR UPDATE`, a statement inside `WITH`, a function that
 * somebody wrote, whatever a later PostgreSQL adds) leaves it unproven.
 *
 * Beyond the text, and so beyond this: what views, operators and functions of the database do that share a name with
 * built-in ones, and functions written on a row type, which look like columns.
 */
export function judgePostgresql(tree: unknown): 'reads' | 'writes' | 'unproven' {
  const statement = onlyStatement(tree);
  if (statement === undefined) return 'unproven';
  const [kind = ''] = Object.keys(statement);
  if (writers.has(kind)) return 'writes';
  return readers.has(kind) && isNode(statement) ? 'reads' : 'unproven';
}

const readers: ReadonlySet<string> = new Set(['SelectStmt', 'ExplainStmt', 'VariableShowStmt']);

const writers: ReadonlySet<string> = new Set(
  `InsertStmt UpdateStmt DeleteStmt MergeStmt TruncateStmt CreateStmt CreateTableAsStmt CreateSchemaStmt CreateSeqStmt
   CreateFunctionStmt CreateTrigStmt CreateRoleStmt CreatedbStmt CreateExtensionStmt CreateForeignTableStmt IndexStmt
   ViewStmt RuleStmt AlterTableStmt AlterRoleStmt AlterSeqStmt AlterOwnerStmt RenameStmt DropStmt DropdbStmt
   DropRoleStmt GrantStmt GrantRoleStmt CommentStmt RefreshMatViewStmt ReindexStmt VacuumStmt ClusterStmt`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

type Fields = Readonly<Record<string, unknown>>;

/** What a field may hold: text, numbers and flags; nodes of any kind in the table; or, by name, the one kind it always has. */
type Field = 'plain' | 'node' | 'nodes' | 'operator' | 'function' | 'type' | Kind;
type Kind = keyof typeof kinds;

const kinds = {
  SelectStmt: {
    distinctClause: 'nodes',
    targetList: 'nodes',
    fromClause: 'nodes',
    whereClause: 'node',
    groupClause: 'nodes',
    groupDistinct: 'plain',
    groupByAll: 'plain',
    havingClause: 'node',
    windowClause: 'nodes',
    valuesLists: 'nodes',
    sortClause: 'nodes',
    limitOffset: 'node',
    limitCount: 'node',
    limitOption: 'plain',
    withClause: 'WithClause',
    op: 'plain',
    all: 'plain',
    larg: 'SelectStmt',
    rarg: 'SelectStmt',
  },
  VariableShowStmt: { name: 'plain' },
  WithClause: { ctes: 'nodes', recursive: 'plain', location: 'plain' },
  CommonTableExpr: {
    ctename: 'plain',
    aliascolnames: 'nodes',
    ctematerialized: 'plain',
    ctequery: 'node',
    location: 'plain',
  },
  ResTarget: { name: 'plain', indirection: 'nodes', val: 'node', location: 'plain' },
  ColumnRef: { fields: 'nodes', location: 'plain' },
  ParamRef: { number: 'plain', location: 'plain' },
  A_Star: {},
  A_Const: {
    ival: 'plain',
    fval: 'plain',
    boolval: 'plain',
    sval: 'plain',
    bsval: 'plain',
    isnull: 'plain',
    location: 'plain',
  },
  A_Expr: {
    kind: 'plain',
    name: 'operator',
    lexpr: 'node',
    rexpr: 'node',
    rexpr_list_start: 'plain',
    rexpr_list_end: 'plain',
    location: 'plain',
  },
  BoolExpr: { boolop: 'plain', args: 'nodes', location: 'plain' },
  NullTest: { arg: 'node', nulltesttype: 'plain', argisrow: 'plain', location: 'plain' },
  BooleanTest: { arg: 'node', booltesttype: 'plain', location: 'plain' },
  CaseExpr: { arg: 'node', args: 'nodes', defresult: 'node', location: 'plain' },
  CaseWhen: { expr: 'node', result: 'node', location: 'plain' },
  CoalesceExpr: { args: 'nodes', location: 'plain' },
  MinMaxExpr: { op: 'plain', args: 'nodes', location: 'plain' },
  SQLValueFunction: { op: 'plain', typmod: 'plain', location: 'plain' },
  SubLink: { subLinkType: 'plain', testexpr: 'node', operName: 'operator', subselect: 'node', location: 'plain' },
  RowExpr: { args: 'nodes', row_format: 'plain', colnames: 'nodes', location: 'plain' },
  A_ArrayExpr: { elements: 'nodes', list_start: 'plain', list_end: 'plain', location: 'plain' },
  A_Indirection: { arg: 'node', indirection: 'nodes' },
  A_Indices: { is_slice: 'plain', lidx: 'node', uidx: 'node' },
  TypeCast: { arg: 'node', typeName: 'TypeName', location: 'plain' },
  TypeName: { names: 'type', typmods: 'nodes', typemod: 'plain', arrayBounds: 'nodes', location: 'plain' },
  CollateClause: { arg: 'node', collname: 'nodes', location: 'plain' },
  FuncCall: {
    funcname: 'function',
    args: 'nodes',
    agg_order: 'nodes',
    agg_filter: 'node',
    over: 'WindowDef',
    agg_within_group: 'plain',
    agg_star: 'plain',
    agg_distinct: 'plain',
    func_variadic: 'plain',
    funcformat: 'plain',
    location: 'plain',
  },
  NamedArgExpr: { arg: 'node', name: 'plain', argnumber: 'plain', location: 'plain' },
  WindowDef: {
    name: 'plain',
    refname: 'plain',
    partitionClause: 'nodes',
    orderClause: 'nodes',
    frameOptions: 'plain',
    startOffset: 'node',
    endOffset: 'node',
    location: 'plain',
  },
  SortBy: { node: 'node', sortby_dir: 'plain', sortby_nulls: 'plain', useOp: 'operator', location: 'plain' },
  GroupingSet: { kind: 'plain', content: 'nodes', location: 'plain' },
  GroupingFunc: { args: 'nodes', location: 'plain' },
  RangeVar: {
    catalogname: 'plain',
    schemaname: 'plain',
    relname: 'plain',
    inh: 'plain',
    relpersistence: 'plain',
    alias: 'Alias',
    location: 'plain',
  },
  RangeSubselect: { lateral: 'plain', subquery: 'node', alias: 'Alias' },
  RangeFunction: {
    lateral: 'plain',
    ordinality: 'plain',
    is_rowsfrom: 'plain',
    functions: 'nodes',
    alias: 'Alias',
    coldeflist: 'nodes',
  },
  ColumnDef: { colname: 'plain', typeName: 'TypeName', is_local: 'plain', location: 'plain' },
  JoinExpr: {
    jointype: 'plain',
    isNatural: 'plain',
    larg: 'node',
    rarg: 'node',
    usingClause: 'nodes',
    join_using_alias: 'Alias',
    quals: 'node',
    alias: 'Alias',
    rtindex: 'plain',
  },
  Alias: { aliasname: 'plain', colnames: 'nodes' },
  List: { items: 'nodes' },
  String: { sval: 'plain' },
  Integer: { ival: 'plain' },
  Float: { fval: 'plain' },
  Boolean: { boolval: 'plain' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The fields of a kind; a table by name, because names come from the tree. */
const fieldsOf: ReadonlyMap<string, Readonly<Record<string, Field>>> = new Map(Object.entries(kinds));

function onlyStatement(tree: unknown): Fields | undefined {
  const statements = isFields(tree) ? tree['stmts'] : undefined;
  if (!Array.isArray(statements) || statements.length !== 1) return undefined;
  const [raw] = statements as readonly unknown[];
  const statement = isFields(raw) ? raw['stmt'] : undefined;
  return isFields(statement) ? statement : undefined;
}

/** Whether a node holds nothing but what the table has. Trees are as deep as the text is long, so this does not recurse. */
function isNode(root: unknown): boolean {
  const open: Part[] = [['node', root]];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const inner = partsOf(...part);
    if (inner === undefined) return false;
    open.push(...inner);
  }
  return true;
}

type Part = readonly [field: Field, value: unknown];

/** What is left to be looked at in a field, or undefined when it holds what it may not. */
function partsOf(field: Field, value: unknown): readonly Part[] | undefined {
  switch (field) {
    case 'plain':
      return isPlain(value) ? [] : undefined;
    case 'node':
      return partsOfNode(value);
    case 'nodes':
      return Array.isArray(value) ? (value as readonly unknown[]).map((node) => ['node', node] as const) : undefined;
    case 'operator':
      return isNameIn(value, builtInOperators) ? [] : undefined;
    case 'function':
      return isNameIn(value, readOnlyFunctions) ? [] : undefined;
    case 'type':
      return isNameIn(value, builtInTypes) ? [] : undefined;
    default:
      return partsOfKind(field, value);
  }
}

/** A node is an object with one member, named after its kind. An empty one stands for what was left out. */
function partsOfNode(node: unknown): readonly Part[] | undefined {
  if (!isFields(node)) return undefined;
  const [entry, ...more] = Object.entries(node);
  if (entry === undefined) return [];
  return more.length > 0 ? undefined : partsOfKind(...entry);
}

function partsOfKind(kind: string, fields: unknown): readonly Part[] | undefined {
  if (!isFields(fields)) return undefined;
  if (kind === 'ExplainStmt') return partsOfExplain(fields);
  const allowed = fieldsOf.get(kind);
  if (allowed === undefined) return undefined;
  const parts: Part[] = [];
  for (const [name, value] of Object.entries(fields)) {
    const field = Object.hasOwn(allowed, name) ? allowed[name] : undefined;
    if (field === undefined) return undefined;
    parts.push([field, value]);
  }
  return parts;
}

/** EXPLAIN plans a statement and leaves it at that, unless it is told to ANALYZE, which runs it. */
function partsOfExplain(fields: Fields): readonly Part[] | undefined {
  const { query, options = [], ...rest } = fields;
  const isSelect = isFields(query) && Object.keys(query).join() === 'SelectStmt';
  const isHarmless = Array.isArray(options) && options.every(isHarmlessOption);
  return isSelect && isHarmless && Object.keys(rest).length === 0 ? [['node', query]] : undefined;
}

const explainOptions: ReadonlySet<unknown> = new Set([
  'verbose',
  'costs',
  'settings',
  'generic_plan',
  'summary',
  'format',
]);

function isHarmlessOption(option: unknown): boolean {
  const element = isFields(option) ? option['DefElem'] : undefined;
  return isFields(element) && element['defnamespace'] === undefined && explainOptions.has(element['defname']);
}

/** Text, number or flag, or a constant's own little message of these. */
function isPlain(value: unknown): boolean {
  if (!isFields(value)) return typeof value !== 'object';
  return Object.values(value).every((member) => typeof member !== 'object');
}

/** A name without a schema, or of `pg_catalog`, that is in the list. */
function isNameIn(value: unknown, names: ReadonlySet<string>): boolean {
  if (!Array.isArray(value)) return false;
  const parts = (value as readonly unknown[]).map(textOf);
  const name = parts.at(-1);
  const isBuiltIn = parts.length === 1 || (parts.length === 2 && parts[0] === 'pg_catalog');
  return isBuiltIn && name !== undefined && names.has(name);
}

function textOf(node: unknown): string | undefined {
  const text = isFields(node) && isFields(node['String']) ? node['String']['sval'] : undefined;
  return typeof text === 'string' ? text : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
