/** An answer other than 200, with the words of the real server. */
export class QdrantError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const badInput = (description: string) => new QdrantError(400, `Wrong input: ${description}`);
export const badRequest = (description: string) => new QdrantError(400, `Bad request: ${description}`);
export const notFound = (description: string) => new QdrantError(404, `Not found: ${description}`);
/** A body that could be read and breaks a rule. */
export const invalid = (path: string, words: string) =>
  new QdrantError(422, `Validation error in JSON body: [${path}: ${words}]`);
/** A body that could not be read. */
export const malformed = (words: string) => new QdrantError(400, `Format error in JSON body: ${words}`);
