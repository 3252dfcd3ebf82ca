// Makes everything that is generated: the Prisma client, the types of the GraphQL schema, dist/ and the console's files.
// `--if-stale` does nothing when no source is newer than the last build. Plain JavaScript, because it makes the rest.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const stamp = path.join(root, 'dist', '.built');
const generated = path.join(root, 'prisma', 'generated', 'client.ts');
const typed = path.join(root, 'lib', 'generated', 'graphql-env.d.ts');
const modified = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Newest change below a folder of sources. */
function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'generated' || entry.name === 'node_modules') continue;
    const file = path.join(folder, entry.name);
    time = Math.max(time, entry.isDirectory() ? Math.max(modified(file), newest(file)) : modified(file));
  }
  return time;
}

/** Removes programs whose source is gone. The rest is written over, so that a product that runs from dist/ is never without its files. */
function dropOrphans(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (file !== path.join(root, 'dist', 'web', 'public')) dropOrphans(file);
      continue;
    }
    const source = path.join(root, path.relative(path.join(root, 'dist'), file));
    const sources = [source.replace(/\.js$/, '.ts'), source.replace(/\.js$/, '.tsx'), source];
    if (file.endsWith('.js') && !sources.some((one) => existsSync(one))) rmSync(file);
  }
}

function run(title, program, args, env = {}) {
  const begun = performance.now();
  const done = spawnSync(process.execPath, [path.join(root, 'node_modules', program), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (done.status !== 0) {
    process.stderr.write(`build: ${title} failed\n${done.stdout ?? ''}${done.stderr ?? ''}\n`);
    process.exit(1);
  }
  process.stdout.write(`build: ${title} (${((performance.now() - begun) / 1000).toFixed(1)} s)\n`);
}

if (!existsSync(path.join(root, 'node_modules', 'typescript'))) {
  process.stdout.write('build: skipped, the development packages are not installed\n');
  process.exit(0);
}
const sources = ['api', 'bot', 'lib', 'prisma', 'test', 'web']
  .map((folder) => path.join(root, folder))
  .filter((folder) => existsSync(folder));
const changed = Math.max(
  ...sources.map(newest),
  modified(path.join(root, 'package-lock.json')),
  modified(path.join(root, 'tsconfig.json')),
);
if (process.argv.includes('--if-stale') && changed <= modified(stamp)) process.exit(0);

const begunAt = new Date();
const schema = path.join(root, 'prisma', 'schema.prisma');
if (modified(generated) < modified(schema)) {
  run('Prisma client', 'prisma/build/index.js', ['generate', '--config', 'prisma/prisma.config.ts'], {
    PRISMA_SCHEMA_ENGINE_BINARY: path.join(root, 'prisma', 'schema-engine-shim.mjs'),
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  });
}
if (modified(typed) < modified(path.join(root, 'api', 'graphql', 'schema.graphql'))) {
  mkdirSync(path.dirname(typed), { recursive: true });
  run('GraphQL types', 'gql.tada/bin/cli.js', ['generate', 'output']);
}
run('programs', 'typescript/bin/tsc', ['-p', 'tsconfig.json', '--noCheck']);
dropOrphans(path.join(root, 'dist'));
run('console', 'vite/bin/vite.js', ['build', '--config', 'web/vite.config.ts', '--logLevel', 'warn']);
writeFileSync(stamp, `${begunAt.toISOString()}\n`);
const at = begunAt.getTime() / 1000;
await import('node:fs/promises').then((fs) => fs.utimes(stamp, at, at));
