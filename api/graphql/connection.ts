import { GraphQLError } from 'graphql';
import { type ClassType, Field, Int, ObjectType } from 'type-graphql';

const mostItems = 100;
const mostCounted = 10_000;

/** Where a page begins and ends. */
@ObjectType('PageInfo')
export class PageInfo {
  @Field(() => String, { nullable: true })
  endCursor!: string | null;

  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  startCursor!: string | null;
}

/** Which part of a list is asked for. */
export interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** A range of keys, exclusive at both ends. */
export interface KeyRange<Key> {
  lt?: Key;
  gt?: Key;
}

/** A list that can be paged: its rows have a single key each, and stand in its order. */
export interface PageSource<Row, Key extends string | number, Node> {
  readonly key: (row: Row) => Key;
  readonly keyType: 'number' | 'string';
  readonly order: 'asc' | 'desc';
  readonly find: (range: KeyRange<Key>, order: 'asc' | 'desc', take: number) => Promise<readonly Row[]>;
  /** Counts, at most up to the given number. */
  readonly count: (most: number) => Promise<number>;
  readonly node: (row: Row) => Node;
}

/** One page of a list. The total is counted only when it is asked for. */
export class Page<Node> {
  constructor(
    readonly edges: readonly { readonly cursor: string; readonly node: Node }[],
    readonly pageInfo: PageInfo,
    private readonly count: () => Promise<number>,
  ) {}

  get nodes(): readonly Node[] {
    return this.edges.map((edge) => edge.node);
  }

  get totalCount(): Promise<number> {
    return this.count();
  }
}

const bad = (message: string): never => {
  throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
};

const encode = (key: string | number): string => Buffer.from(JSON.stringify([key])).toString('base64url');

function decode<Key extends string | number>(cursor: string, isKey: (value: unknown) => value is Key): Key {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const key: unknown = Array.isArray(value) ? value[0] : undefined;
    if (isKey(key)) return key;
  } catch {
    return bad('This cursor was not made by this list.');
  }
  return bad('This cursor was not made by this list.');
}

function sizeOf(value: number | null | undefined, name: string): number | null {
  if (value === null || value === undefined) return null;
  if (value < 0 || value > mostItems) return bad(`${name} must be between 0 and ${mostItems}.`);
  return value;
}

/** Reads one page. `first` counts from the start of the list's order, `last` from its end. */
export async function readPage<Row, Key extends string | number, Node>(
  args: PageArgs,
  source: PageSource<Row, Key, Node>,
  usual = 20,
): Promise<Page<Node>> {
  const isKey = (value: unknown): value is Key =>
    source.keyType === 'number' ? Number.isSafeInteger(value) : typeof value === 'string' && value.length <= 200;
  const last = sizeOf(args.last, 'last');
  // A default `first` is always there: `last` says which end is meant.
  const first = last === null ? (sizeOf(args.first, 'first') ?? usual) : null;
  const backwards = first === null;
  const size = first ?? last ?? usual;
  const range: KeyRange<Key> = {};
  const [afterSide, beforeSide] = source.order === 'asc' ? (['gt', 'lt'] as const) : (['lt', 'gt'] as const);
  if (args.after) range[afterSide] = decode(args.after, isKey);
  if (args.before) range[beforeSide] = decode(args.before, isKey);
  const opposite = source.order === 'asc' ? 'desc' : 'asc';
  const found = await source.find(range, backwards ? opposite : source.order, size + 1);
  const rows = found.slice(0, size);
  if (backwards) rows.reverse();
  const edges = rows.map((row) => ({ cursor: encode(source.key(row)), node: source.node(row) }));
  const more = found.length > size;
  return new Page(
    edges,
    {
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
      hasNextPage: backwards ? args.before !== null && args.before !== undefined : more,
      hasPreviousPage: backwards ? more : args.after !== null && args.after !== undefined,
    },
    () => source.count(mostCounted),
  );
}

/** The object types of a list of these nodes. They describe a `Page`, whose values they show. */
export function connectionType(name: string, node: () => object): ClassType<object> {
  @ObjectType(`${name}Edge`)
  class Edge {
    @Field(() => String)
    cursor!: string;

    @Field(() => node())
    node!: object;
  }

  @ObjectType(`${name}Connection`)
  class Connection {
    @Field(() => [Edge])
    edges!: readonly Edge[];

    @Field(() => [node()])
    nodes!: readonly object[];

    @Field(() => PageInfo)
    pageInfo!: PageInfo;

    @Field(() => Int)
    totalCount!: number;
  }
  return Connection;
}
