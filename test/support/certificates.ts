import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}
export interface Authority extends Certificate {
  /** A certificate signed by this authority; days before now are expired ones. */
  issue(options: { readonly names: readonly string[]; readonly from?: string; readonly to?: string }): Certificate;
}

const stamp = (date: Date): string => `${date.toISOString().replace(/[-:T]|\..*/g, '')}Z`;

/** A certificate authority of its own, made by openssl. */
export function certificateAuthority(name = 'Test Authority'): Authority {
  const run = (folder: string, ...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const inFolder = <T>(work: (folder: string) => T): T => {
    const folder = mkdtempSync(path.join(tmpdir(), 'certificates-'));
    try {
      return work(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  const ca = inFolder((folder) => {
    run(
      folder,
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      'key.pem',
      '-out',
      'cert.pem',
      '-days',
      '30',
      '-subj',
      `/CN=${name}`,
    );
    return {
      key: readFileSync(path.join(folder, 'key.pem'), 'utf8'),
      cert: readFileSync(path.join(folder, 'cert.pem'), 'utf8'),
    };
  });
  return {
    ...ca,
    issue: ({ names, from, to }) =>
      inFolder((folder) => {
        writeFileSync(path.join(folder, 'ca.key'), ca.key);
        writeFileSync(path.join(folder, 'ca.pem'), ca.cert);
        writeFileSync(path.join(folder, 'index.txt'), '');
        writeFileSync(path.join(folder, 'serial'), '1000\n');
        const kinds = names.map((one) => (/^[\d.]+$|:/.test(one) ? `IP:${one}` : `DNS:${one}`)).join(',');
        writeFileSync(
          path.join(folder, 'ca.cnf'),
          `[ca]\ndefault_ca=d\n[d]\ndir=.\ndatabase=index.txt\nnew_certs_dir=.\nserial=serial\ndefault_md=sha256\npolicy=p\nx509_extensions=x\ncopy_extensions=none\n[p]\ncommonName=supplied\n[x]\nsubjectAltName=${kinds}\nextendedKeyUsage=serverAuth\n`,
        );
        run(
          folder,
          'req',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-keyout',
          'leaf.key',
          '-out',
          'leaf.csr',
          '-subj',
          `/CN=${names[0] ?? 'none'}`,
        );
        const day = 86_400_000;
        const start = stamp(from === undefined ? new Date(Date.now() - day) : new Date(from));
        const end = stamp(to === undefined ? new Date(Date.now() + 30 * day) : new Date(to));
        run(
          folder,
          'ca',
          '-batch',
          '-config',
          'ca.cnf',
          '-in',
          'leaf.csr',
          '-out',
          'leaf.pem',
          '-cert',
          'ca.pem',
          '-keyfile',
          'ca.key',
          '-startdate',
          start,
          '-enddate',
          end,
          '-notext',
        );
        return {
          key: readFileSync(path.join(folder, 'leaf.key'), 'utf8'),
          cert: readFileSync(path.join(folder, 'leaf.pem'), 'utf8'),
        };
      }),
  };
}
