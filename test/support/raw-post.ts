import { request } from 'node:http';

/** Status of a post that may be refused while it is still being sent. With `chunked` its size is not told beforehand. */
export function postUntilAnswered(
  url: string,
  options: { readonly headers: Readonly<Record<string, string>>; readonly bytes: number; readonly chunked?: boolean },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      headers: { ...options.headers, ...(options.chunked ? {} : { 'content-length': String(options.bytes) }) },
    });
    let answered = false;
    sent.on('response', (response) => {
      answered = true;
      resolve(response.statusCode ?? 0);
      response.resume();
      sent.destroy();
    });
    sent.on('error', (error) => {
      if (!answered) reject(error);
    });
    let left = options.bytes;
    const next = (): void => {
      if (answered) return;
      if (left <= 0) return void sent.end();
      const piece = Buffer.alloc(Math.min(left, 65_536), 0x20);
      left -= piece.length;
      sent.write(piece, () => setImmediate(next));
    };
    next();
  });
}
