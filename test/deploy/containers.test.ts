import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { apiConfigSchema } from '../../api/config.ts';
import { botConfigSchema } from '../../bot/config.ts';
import { setupSchema } from '../../lib/launch/container-setup.ts';
import { projectPath } from '../../lib/project-path.ts';
import { describeWith, requireProgram } from '../support/debian.ts';
import { freePort } from '../support/free-port.ts';
import { startProcess } from '../support/process.ts';
import { until } from '../support/until.ts';

const read = (file: string) => readFileSync(projectPath(file), 'utf8');

/** Instructions of a Dockerfile, lines that go on joined, comments dropped. */
function instructionsOf(file: string): readonly (readonly [string, string])[] {
  return read(file)
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => [line.trim().split(/\s+/)[0] ?? '', line.trim().replace(/^\S+\s+/, '')] as const);
}

test.each(['Dockerfile.backend', 'Dockerfile.frontend'])(
  '%s is built in stages and runs without root or a shell',
  (file) => {
    const instructions = instructionsOf(file);
    const of = (name: string) => instructions.filter(([one]) => one === name).map(([, rest]) => rest);
    const last = instructions.findLastIndex(([name]) => name === 'FROM');
    const final = instructions.slice(last);

    expect(of('FROM').length).toBeGreaterThan(1);
    for (const from of of('FROM')) expect(from).toMatch(/^[\w./-]+:\d+\.\d+\.\d+[\w.-]* AS \w+$/);
    for (const name of ['CMD', 'ENTRYPOINT'])
      for (const rest of of(name)) expect(JSON.parse(rest), rest).toBeInstanceOf(Array);
    const healthcheck = of('HEALTHCHECK')[0] ?? '';
    const command = z.array(z.string()).parse(JSON.parse(healthcheck.slice(healthcheck.indexOf('['))));
    expect(['sh', 'bash', '/bin/sh']).not.toContain(command[0]);
    expect(Number(final.findLast(([name]) => name === 'USER')?.[1].split(':')[0])).toBeGreaterThanOrEqual(10_000);
    expect(of('ADD')).toEqual([]);
    expect(final.some(([name, rest]) => name === 'COPY' && /^\.\s/.test(rest))).toBe(false);
    expect(read(file)).not.toMatch(/:latest|curl [^\n]*\|/);
  },
);

test('every file that an image takes from the project is there', () => {
  for (const file of ['Dockerfile.backend', 'Dockerfile.frontend'])
    for (const [name, rest] of instructionsOf(file)) {
      if (name !== 'COPY' || rest.startsWith('--from')) continue;
      for (const source of rest.split(/\s+/).slice(0, -1))
        expect(() => execFileSync('test', ['-e', projectPath(source)]), source).not.toThrow();
    }
});

const service = z.looseObject({
  image: z.string(),
  environment: z.record(z.string(), z.unknown()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  logging: z.unknown(),
  mem_limit: z.string().optional(),
});
const composeText = read('docker-compose.full.yml');
const compose = z
  .object({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.unknown()) })
  .parse(parse(composeText, { merge: true }));

test('the addresses operators were promised, on this host alone', () => {
  const ports = Object.values(compose.services).flatMap((one) => one.ports);

  for (const promised of ['3000', '8000', '3001', '9090'])
    expect(
      ports.some((port) => port.startsWith(`127.0.0.1:${promised}:`)),
      promised,
    ).toBe(true);
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

test('every service has a fixed image, limits and a log that is cut', () => {
  for (const [name, one] of Object.entries(compose.services)) {
    expect(one.image, name).toMatch(/^agentic-ai-(backend|frontend)$|:v?\d[\w.-]*$/);
    expect(one.logging, name).toMatchObject({ options: { 'max-size': '10m' } });
    if (name !== 'setup') expect(one.mem_limit, name).toBeTruthy();
  }
});

test('the product is told nothing it does not read, and no secret stands in its environment', () => {
  const settings = new Set([...Object.keys(apiConfigSchema.shape), ...Object.keys(botConfigSchema.shape)]);
  const secrets = /PASSWORD|TOKEN|KEY$|SECRET$|BEARER|DATABASE_URL/;
  for (const name of ['backend', 'bot', 'local-slack']) {
    const names = Object.keys(compose.services[name]?.environment ?? {}).filter((one) => one !== 'SECRETS_FOLDER');
    expect(
      names.filter((one) => !settings.has(one) && !one.startsWith('LOCAL_SLACK_')),
      name,
    ).toEqual([]);
    expect(
      names.filter((one) => secrets.test(one)),
      name,
    ).toEqual([]);
  }
  const given = Object.keys(compose.services.setup?.environment ?? {});
  expect(given.filter((one) => !settings.has(one) && !(one in setupSchema.shape))).toEqual([]);
});

describeWith(['docker-compose'], 'docker-compose', () => {
  test.each(['without a .env', 'with the example as .env'])('takes the file %s', { timeout: 90_000 }, (which) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'agentic-compose-'));
    try {
      const file = path.join(folder, '.env');
      writeFileSync(file, which === 'without a .env' ? '' : read('.env.example'));
      execFileSync(
        'docker-compose',
        ['--env-file', file, '-f', projectPath('docker-compose.full.yml'), '--profile', 'exporters', 'config', '-q'],
        { env: { PATH: process.env.PATH }, stdio: 'pipe' },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describeWith(['nginx'], 'the console behind Nginx', () => {
  test('serves the page with a nonce of its own, passes requests on, and adds its key only where none is given', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'agentic-nginx-'));
    const seen: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
    const backend = createServer((request, response) => {
      seen.push({ url: request.url, headers: request.headers });
      request.resume();
      response.end('{"data":{}}');
    });
    const [backendPort, port] = [await freePort(), await freePort()];
    await new Promise<void>((resolve) => backend.listen(backendPort, '127.0.0.1', resolve));
    mkdirSync(path.join(folder, 'html', 'assets'), { recursive: true });
    writeFileSync(path.join(folder, 'html', 'index.html'), read('web/index.html'));
    writeFileSync(path.join(folder, 'html', 'assets', 'a.js'), 'export {};');
    writeFileSync(
      path.join(folder, 'key.conf'),
      'map $http_authorization $console_authorization { default $http_authorization; "" "Bearer of-the-console"; }',
    );
    writeFileSync(
      path.join(folder, 'nginx.conf'),
      `daemon off;\n${read('web/nginx.conf')
        .replaceAll('/tmp/', `${folder}/`)
        .replaceAll('/dev/std', `${folder}/std`)
        .replaceAll('/etc/nginx/console', folder)
        .replaceAll('/usr/share/nginx/html', `${folder}/html`)
        .replaceAll('server backend:8000', `server 127.0.0.1:${backendPort}`)
        .replaceAll('listen 3000', `listen 127.0.0.1:${port}`)}`,
    );
    execFileSync('chmod', ['-R', 'a+rX', folder]);
    const nginx = startProcess(requireProgram('nginx'), [
      '-c',
      path.join(folder, 'nginx.conf'),
      '-e',
      path.join(folder, 'stderr'),
    ]);
    try {
      const url = `http://127.0.0.1:${port}`;
      await until(async () => (await fetch(`${url}/healthz`)).ok, { what: `Nginx\n${nginx.lines.join('\n')}` });

      const pages = await Promise.all(['/', '/incidents/INC-1'].map((where) => fetch(url + where)));
      const nonces = await Promise.all(
        pages.map(async (page) => /name="csp-nonce" content="(\w+)"/.exec(await page.text())?.[1] ?? ''),
      );
      await fetch(`${url}/graphql`, { method: 'POST', body: '{}' });
      await fetch(`${url}/graphql`, { method: 'POST', body: '{}', headers: { authorization: 'Bearer mine' } });
      await fetch(`${url}/api/agents/list`);

      expect(new Set(nonces).size).toBe(2);
      pages.forEach((page, i) => {
        expect(page.headers.get('content-security-policy')).toContain(`'nonce-${nonces[i]}'`);
        expect(page.headers.get('x-frame-options')).toBe('DENY');
        expect(page.headers.get('cache-control')).toBe('no-store');
      });
      expect((await fetch(`${url}/assets/a.js`)).headers.get('cache-control')).toContain('immutable');
      expect((await fetch(`${url}/assets/none.js`)).status).toBe(404);
      expect(seen.map((one) => [one.url, one.headers.authorization])).toEqual([
        ['/graphql', 'Bearer of-the-console'],
        ['/graphql', 'Bearer mine'],
        ['/api/agents/list', undefined],
      ]);
    } finally {
      nginx.kill('SIGQUIT');
      await nginx.exited;
      backend.closeAllConnections();
      backend.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
