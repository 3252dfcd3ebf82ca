import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLDateTimeISO } from 'graphql-scalars';
import { formatDuration, parseDuration } from '../../lib/duration.ts';

const refuse = (message: string): never => {
  throw new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
};

const text = (node: ValueNode, name: string): string =>
  node.kind === Kind.STRING ? node.value : refuse(`${name} must be a string.`);

/** A string scalar whose values have one form, in both directions. */
function textScalar(
  name: string,
  check: (value: string) => boolean,
  config: { readonly description: string; readonly specifiedByURL?: string; readonly form: string },
): GraphQLScalarType<string, string> {
  const parse = (value: unknown): string =>
    typeof value === 'string' && check(value) ? value : refuse(`${name} must be ${config.form}.`);
  return new GraphQLScalarType<string, string>({
    name,
    description: config.description,
    ...(config.specifiedByURL === undefined ? {} : { specifiedByURL: config.specifiedByURL }),
    serialize: (value) => String(value),
    parseValue: parse,
    parseLiteral: (node) => parse(text(node, name)),
  });
}

const isAgentId = (value: string): boolean => /^[a-z][a-z0-9_]{0,63}$/.test(value);
const isSource = (value: string): boolean => /^[a-z][a-z0-9-]{0,63}$/.test(value);
const isWebAddress = (value: string): boolean => {
  const url = value.length <= 2_048 ? URL.parse(value) : null;
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
};

/** An agent's wire name; which ones there are says the installation. */
export const AgentIdScalar = textScalar('AgentId', isAgentId, {
  description:
    "Id of an agent as `agents` lists it: its folder's id in lower case (report, monitoring, its, db_extract, …). Not an enum, so that a ninth agent needs no schema change.",
  form: 'a name in lower case',
});

/** Name of an alert source. */
export const AlertSourceScalar = textScalar('AlertSourceName', isSource, {
  description:
    'Name of an alert source: the name of its file in `bot/alerts/` (alertmanager, grafana, generic, chat-message, …).',
  form: 'a short name in lower case',
});

/** A web address, nothing else. */
export const UrlScalar = textScalar('URL', isWebAddress, {
  description: 'Absolute http or https address.',
  specifiedByURL: 'https://url.spec.whatwg.org/',
  form: 'an http or https address',
});

/** Moments in UTC. */
export const DateTimeScalar = new GraphQLScalarType({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  description: 'RFC 3339 date-time, always UTC with Z.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  extensions: {},
});

const parseSpan = (value: unknown): number => {
  const ms = typeof value === 'string' && value.length <= 40 ? parseDuration(value) : null;
  return ms ?? refuse('Duration must be an ISO 8601 duration, for example PT15M.');
};

/** Spans of time: milliseconds inside, ISO 8601 outside. */
export const DurationScalar = new GraphQLScalarType<number, string>({
  name: 'Duration',
  description: 'ISO 8601 duration, for example PT15M.',
  serialize: (value) => formatDuration(Number(value)),
  parseValue: parseSpan,
  parseLiteral: (node) => parseSpan(text(node, 'Duration')),
});

const largestJsonChars = 64 * 1024;
const deepestJson = 20;

function depthOf(value: unknown, limit: number): number {
  if (value === null || typeof value !== 'object' || limit <= 0) return 0;
  let deepest = 0;
  for (const item of Object.values(value)) deepest = Math.max(deepest, depthOf(item, limit - 1));
  return deepest + 1;
}

/** One JSON value of the outside: at most 64 KiB and 20 levels. */
function parseJson(value: unknown): unknown {
  if (depthOf(value, deepestJson + 1) > deepestJson) return refuse(`A JSON value may have ${deepestJson} levels.`);
  if (JSON.stringify(value ?? null).length > largestJsonChars) return refuse('A JSON value may have 64 KiB.');
  return value;
}

function literal(node: ValueNode, variables: Readonly<Record<string, unknown>> | null | undefined): unknown {
  switch (node.kind) {
    case Kind.STRING:
    case Kind.ENUM:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.LIST:
      return node.values.map((item) => literal(item, variables));
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map((field) => [field.name.value, literal(field.value, variables)]));
    case Kind.VARIABLE:
      return variables?.[node.name.value];
    default:
      return null;
  }
}

/** Any JSON. */
export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value. Used only where the shape belongs to a task type or to a third party.',
  serialize: (value) => value,
  parseValue: parseJson,
  parseLiteral: (node, variables) => parseJson(literal(node, variables)),
});
