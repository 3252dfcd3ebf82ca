type Schema = Readonly<Record<string, unknown>>;

/** What strict answers do not take in every version of the API; our own parse checks these afterwards. */
const dropped = new Set([
  '$schema',
  'default',
  'examples',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
  'propertyNames',
  'minProperties',
  'maxProperties',
]);

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema as strict answers need it: every object closed, every property required, what was optional may be null. */
export function strictSchema(schema: Schema): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (dropped.has(key)) continue;
    if (key === 'properties' && isSchema(value)) continue;
    if (key === 'anyOf' && Array.isArray(value))
      kept[key] = value.map((one) => (isSchema(one) ? strictSchema(one) : one));
    else if (key === 'items' && isSchema(value)) kept[key] = strictSchema(value);
    else if (key === '$defs' && isSchema(value)) kept[key] = mapped(value, (one) => strictSchema(one));
    else kept[key] = value;
  }
  if (isSchema(schema.properties)) {
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    kept.properties = mapped(schema.properties, (one, name) =>
      required.has(name) ? strictSchema(one) : { anyOf: [strictSchema(one), { type: 'null' }] },
    );
    kept.required = Object.keys(schema.properties);
    kept.additionalProperties = false;
  }
  return kept;
}

function mapped(schemas: Schema, change: (one: Schema, name: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, one]) => [name, isSchema(one) ? change(one, name) : one]),
  );
}

/** The value without properties that are null: what strictSchema made nullable was optional. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isSchema(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, withoutNulls(item)]])),
  );
}
