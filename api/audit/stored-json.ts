/** JSON as PostgreSQL keeps and returns it unchanged. */
export type StoredJson = null | boolean | number | string | StoredJson[] | { [key: string]: StoredJson };

/** A JSON object of that kind. */
export type StoredObject = { [key: string]: StoredJson };

const deepest = 40;
const cleanText = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\uFFFD');
// A key of this name is lost on the way through libraries that assign keys one by one.
const cleanKey = (key: string): string => (key === '__proto__' ? '_proto_' : cleanText(key));

/**
 * Any value as JSON that survives storing: PostgreSQL refuses NUL and half characters, and a hostile input must not be able to
 * make an entry unwritable. What comes back from the database is the same value, so digests over it hold.
 */
export function storedJson(value: unknown, depth = 0): StoredJson {
  if (depth > deepest) return '[too deep]';
  switch (typeof value) {
    case 'string':
      return cleanText(value);
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value + 0 : String(value);
    case 'bigint':
      return String(value);
    case 'object': {
      if (value === null) return null;
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
      if (Array.isArray(value)) return value.map((item) => storedJson(item, depth + 1));
      if (value instanceof Set) return [...value].map((item) => storedJson(item, depth + 1));
      const entries = Object.entries(value).filter(([, item]) => item !== undefined && typeof item !== 'function');
      return Object.fromEntries(entries.map(([key, item]) => [cleanKey(key), storedJson(item, depth + 1)]));
    }
    default:
      return null;
  }
}

/** The same for a column that holds an object: anything else is put under `value`. */
export function storedObject(value: unknown): StoredObject {
  const json = storedJson(value);
  if (isObject(json)) return json;
  return json === null ? {} : { value: json };
}

const isObject = (json: StoredJson): json is StoredObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
