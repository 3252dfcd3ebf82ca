import { Router } from 'express';
import { z } from 'zod';
import { executeBody, executeWorkflowBody } from './rest.ts';

const bearer = [{ bearer: [] }];
const problem = {
  description: 'Refused; see code and errors',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        properties: {
          title: { type: 'string' },
          status: { type: 'integer' },
          code: { type: 'string' },
          errors: { type: 'array', items: { type: 'object' } },
          requestId: { type: 'string' },
        },
      },
    },
  },
};
const json = (description: string) => ({
  description,
  content: { 'application/json': { schema: { type: 'object' } } },
});

/** The REST door as OpenAPI 3.1, made from the schemas that parse its bodies. */
export function openApi(version: string): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Agentic AI',
      version,
      description:
        'The small REST door. Each call runs its GraphQL twin with the same rights; everything else is in GraphQL.',
    },
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    paths: {
      '/api/agents/execute': {
        post: {
          summary: 'Start a task of an agent (taskCreate)',
          security: bearer,
          parameters: [
            {
              name: 'Idempotency-Key',
              in: 'header',
              schema: { type: 'string' },
              description: 'The same key and body within 24 hours give the first answer again',
            },
            {
              name: 'Prefer',
              in: 'header',
              schema: { type: 'string' },
              description: 'wait=20: answer when the task has ended, at the latest after that many seconds',
            },
          ],
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: z.toJSONSchema(executeBody, { io: 'input' }),
                example: { agentId: 'monitoring', taskType: 'health_check', params: { systems: ['payment-api'] } },
              },
            },
          },
          responses: {
            '200': json('The task has ended'),
            '202': json('The task is accepted; Location names it'),
            default: problem,
          },
        },
      },
      '/api/workflows/execute': {
        post: {
          summary: 'Start a workflow by name or as data (workflowStart)',
          security: bearer,
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: z.toJSONSchema(executeWorkflowBody, { io: 'input' }),
                example: { definition: 'system_checkup', params: { system: 'payment-api' } },
              },
            },
          },
          responses: {
            '200': json('It would start (dryRun)'),
            '202': json('The workflow is accepted'),
            default: problem,
          },
        },
      },
      '/api/agents/list': {
        get: {
          summary: 'Agents, their task types and input schemas (agents)',
          security: bearer,
          responses: { '200': json('The agents'), default: problem },
        },
      },
      '/api/manuals/uploads/{id}': {
        put: {
          summary: 'The bytes of an upload that manualUploadCreate answered with',
          security: bearer,
          parameters: [
            { name: 'id', in: 'path', required: true, schema: { type: 'string' }, description: 'Id of the upload' },
          ],
          requestBody: {
            required: true,
            content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
          },
          responses: { '200': json('The bytes are here'), default: problem },
        },
      },
      '/api/manuals/{id}/original': {
        get: {
          summary: 'The file behind a manual, for those who may see it',
          security: bearer,
          parameters: [
            { name: 'id', in: 'path', required: true, schema: { type: 'string' }, description: 'Id of the manual' },
            { name: 'download', in: 'query', schema: { type: 'string' }, description: 'Given: as an attachment' },
          ],
          responses: {
            '200': {
              description: 'The file',
              content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
            },
            default: problem,
          },
        },
      },
      '/api/tasks/{id}': {
        get: {
          summary: 'A task with steps, finding and evidence (task)',
          security: bearer,
          parameters: [
            {
              name: 'id',
              in: 'path',
              required: true,
              schema: { type: 'string' },
              description: 'Number (T-1042) or id',
            },
          ],
          responses: { '200': json('The task'), default: problem },
        },
      },
    },
  };
}

const escapeHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** GET /docs: a page without scripts, and the machine-readable description beside it. */
export function createDocsRouter(version: string): Router {
  const router = Router();
  const description = openApi(version);
  const paths = z.record(z.string(), z.record(z.string(), z.object({ summary: z.string() }))).parse(description.paths);
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { summary }]) =>
        `<tr><td><code>${method.toUpperCase()}</code></td><td><code>${escapeHtml(path)}</code></td><td>${escapeHtml(summary)}</td></tr>`,
    ),
  );
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Agentic AI API</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}td,th{border:1px solid #8884;padding:.4rem .8rem;text-align:left}pre{background:#8881;padding:1rem;overflow:auto}@media (prefers-color-scheme:dark){body{background:#111;color:#eee}a{color:#8cf}}</style></head>
<body><h1>Agentic AI API</h1><p>GraphQL: <code>POST /graphql</code> with <code>Authorization: Bearer …</code> (also over WebSocket, graphql-ws). The small REST door runs the same operations. <a href="/docs/openapi.json">OpenAPI 3.1</a></p>
<table><thead><tr><th>Method</th><th>Path</th><th>What</th></tr></thead><tbody>${rows.join('')}</tbody></table>
<h2>Example</h2><pre>curl -X POST http://localhost:8000/api/agents/execute \\
  -H "authorization: Bearer $ADMIN_API_KEY" -H 'content-type: application/json' -H 'prefer: wait=20' \\
  -d '{"agentId":"monitoring","taskType":"health_check","params":{"systems":["payment-api"]}}'</pre></body></html>`;
  router.get('/', (_req, res) => {
    res.setHeader(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    );
    res.type('html').send(page);
  });
  router.get('/openapi.json', (_req, res) => void res.json(description));
  return router;
}
