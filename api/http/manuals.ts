import express, { type Request, type Response, Router } from 'express';
import { fromGlobalId, isUuid } from '../../lib/ids.ts';
import type { Core, Viewer } from '../context.ts';
import { originalOf } from '../knowledge/original.ts';
import { parseLimits } from '../knowledge/parse/limits.ts';
import { receiveUpload } from '../knowledge/uploads.ts';
import type { Credentials } from '../users/resolve-viewer.ts';
import { credentialsOf } from './credentials.ts';
import { sendProblem } from './problem.ts';

/** What the file doors stand on. */
export interface ManualDoorDeps {
  readonly core: Core;
  readonly resolveViewer: (credentials: Credentials) => Promise<Viewer>;
  /** Whether this request may see manuals at all. */
  readonly mayRead: (viewer: Viewer) => boolean;
}

const idOf = (type: string, text: string): string | null => {
  const known = fromGlobalId(text);
  return known?.type === type && isUuid(known.id) ? known.id : null;
};

/** Files go beside GraphQL: the bytes of an upload in, the file of a manual out. */
export function createManualDoor(deps: ManualDoorDeps): Router {
  const router = Router();
  const asking = async (req: Request, res: Response): Promise<Viewer> =>
    deps.resolveViewer(credentialsOf(req.headers, String(res.getHeader('x-request-id'))));

  router.put('/manuals/uploads/:id', async (req, res, next) => {
    const requestId = String(res.getHeader('x-request-id'));
    // Who asks is known before a byte of the file is read.
    const viewer = await asking(req, res);
    const id = idOf('ManualUpload', req.params.id);
    if (id === null) return sendProblem(res, { code: 'NOT_FOUND', message: 'There is no such upload.', requestId });
    express.raw({ type: () => true, limit: parseLimits.bytes })(req, res, (error?: unknown) => {
      if (error !== undefined) return next(error);
      const body: unknown = req.body;
      receiveUpload(deps.core, viewer, id, body instanceof Uint8Array ? body : new Uint8Array()).then(
        (upload) => void res.status(200).json({ id: req.params.id, receivedAt: upload.receivedAt }),
        next,
      );
    });
  });

  router.get('/manuals/:id/original', async (req, res) => {
    const requestId = String(res.getHeader('x-request-id'));
    const viewer = await asking(req, res);
    const id = idOf('Manual', req.params.id);
    const file = id === null || !deps.mayRead(viewer) ? null : await originalOf(deps.core, viewer, id);
    if (file === null) return sendProblem(res, { code: 'NOT_FOUND', message: 'There is no such manual.', requestId });
    const isInline = file.isInline && req.query.download === undefined;
    const plain = file.fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
    res.setHeader('content-type', file.contentType);
    res.setHeader(
      'content-disposition',
      `${isInline ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file.fileName)}`,
    );
    res.setHeader(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'",
    );
    res.setHeader('cache-control', 'private, no-store');
    res.setHeader('x-content-type-options', 'nosniff');
    res.status(200).end(Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength));
  });
  return router;
}
