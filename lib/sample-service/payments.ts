import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

type Mode = 'well' | 'hang' | 'error';

const largestBody = 1_000;
const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/**
 * A payment service: GET /healthz, POST /pay, GET /metrics, and POST /break from this machine. `hang` leaves every request
 * unanswered while the process runs; `error` answers 500 and leaks its queue; `crash` ends the process.
 */
export function createPayments(options: { readonly crash: () => void }): RequestListener {
  let mode: Mode = 'well';
  let queueDepth = 0;
  const counts = { ok: 0, error: 0 };

  const pay = (response: ServerResponse): void => {
    if (mode === 'error') {
      counts.error++;
      queueDepth++;
      answer(response, 500, { error: 'worker lost its queue entry', queueDepth });
      return;
    }
    counts.ok++;
    answer(response, 200, { paid: true, number: counts.ok });
  };

  return (request, response) => {
    const path = new URL(request.url ?? '/', 'http://local').pathname;
    if (mode === 'hang') return;
    switch (`${request.method} ${path}`) {
      case 'GET /healthz':
        if (mode === 'error') answer(response, 500, { status: 'failing', queueDepth });
        else answer(response, 200, { status: 'ok', queueDepth, pid: process.pid });
        return;
      case 'POST /pay':
        pay(response);
        return;
      case 'GET /metrics':
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
        response.end(metrics(mode, queueDepth, counts));
        return;
      case 'POST /break':
        void readMode(request).then((wanted) => {
          if (wanted === null)
            return answer(response, 400, { error: 'mode is crash, hang or error, asked from this machine' });
          if (wanted === 'crash') {
            console.error('payment-api: fatal: the ledger connection was lost');
            response.on('finish', options.crash);
            return answer(response, 202, { broken: 'crash' });
          }
          mode = wanted;
          console.error(`payment-api: broken on request: ${wanted}`);
          answer(response, 202, { broken: wanted });
        });
        return;
      default:
        answer(response, 404, { error: 'not found' });
    }
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(`${JSON.stringify(body)}\n`);
}

async function readMode(request: IncomingMessage): Promise<'crash' | 'hang' | 'error' | null> {
  if (!loopback.has(request.socket.remoteAddress ?? '')) return null;
  let text = '';
  for await (const part of request) {
    text += String(part);
    if (text.length > largestBody) return null;
  }
  try {
    const body: unknown = JSON.parse(text);
    const wanted = typeof body === 'object' && body !== null && 'mode' in body ? body.mode : null;
    return wanted === 'crash' || wanted === 'hang' || wanted === 'error' ? wanted : null;
  } catch {
    return null;
  }
}

function metrics(mode: Mode, queueDepth: number, counts: { readonly ok: number; readonly error: number }): string {
  return [
    '# HELP payment_up 1 while payments can be made.',
    '# TYPE payment_up gauge',
    `payment_up ${mode === 'well' ? 1 : 0}`,
    '# HELP payment_queue_depth Payments that wait for the worker.',
    '# TYPE payment_queue_depth gauge',
    `payment_queue_depth ${queueDepth}`,
    '# HELP payments_total Payments by how they ended.',
    '# TYPE payments_total counter',
    `payments_total{result="ok"} ${counts.ok}`,
    `payments_total{result="error"} ${counts.error}`,
    '',
  ].join('\n');
}
