// Installs the Debian packages that the fuller tests need, where that is possible (root with apt). Never fails the run: what is
// missing afterwards is skipped loudly by the tests that need it.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

const needed = {
  'redis-server': 'redis-server',
  prometheus: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  'prometheus-node-exporter': 'prometheus-node-exporter',
  etcd: 'etcd-server',
  chromium: 'chromium',
  xz: 'xz-utils',
  curl: 'curl',
  openssl: 'openssl',
  nginx: 'nginx-light',
  'docker-compose': 'docker-compose',
};
const has = (program) => spawnSync('sh', ['-c', 'command -v "$0"', program]).status === 0;
const packages = Object.entries(needed)
  .filter(([program]) => !has(program))
  .map(([, name]) => name);
if (packages.includes('chromium')) packages.push('fonts-noto-cjk', 'fonts-noto-color-emoji');
if (packages.length === 0) process.exit(0);

const line = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
if (process.getuid?.() !== 0 || !has('apt-get')) {
  process.stdout.write(`Some tests will be skipped. For all of them install as root: ${line}\n`);
  process.exit(0);
}
process.stdout.write(`Installing Debian packages for the tests: ${packages.join(' ')}\n`);
// The packages bring services; a policy keeps apt from starting them.
const policy = '/usr/sbin/policy-rc.d';
const ours = !existsSync(policy);
if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
try {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: ['ignore', 'ignore', 'inherit'], env });
  const done = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env,
  });
  if (done.status !== 0)
    process.stdout.write(`apt-get could not install them: the tests that need them are skipped. By hand: ${line}\n`);
} finally {
  if (ours) rmSync(policy, { force: true });
}
