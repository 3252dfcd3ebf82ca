/** A text inside a JSON object of the outside; null when it is not there. */
export function textField(object: unknown, name: string): string | null {
  if (typeof object !== 'object' || object === null) return null;
  const value: unknown = Reflect.get(object, name);
  return typeof value === 'string' ? value : null;
}
