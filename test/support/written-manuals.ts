import type { Db } from '../../api/db.ts';
import { documentTerms, indexVersion } from '../../api/knowledge/sparse-rules.ts';
import { sha256Hex } from '../../lib/canonical-json.ts';
import { newId } from '../../lib/ids.ts';

/** A manual for a test: what it says, section by section, and who may see it. */
export interface TestManual {
  readonly code: string;
  readonly title: string;
  readonly locale?: 'EN' | 'KO';
  readonly visibility?: 'EVERYONE' | 'OPERATORS' | 'TEAM';
  readonly team?: string;
  readonly owner?: string;
  readonly revised?: string;
  readonly sections: readonly (readonly [section: string, text: string])[];
}

/** Puts a manual into the record as an ingest leaves it; answers its row's id and those of its passages. */
export async function putManual(db: Db, manual: TestManual): Promise<{ id: string; passages: readonly string[] }> {
  const id = newId();
  const bytes = Buffer.from(manual.sections.map(([section, text]) => `# ${section}\n\n${text}\n`).join('\n'));
  const latest = await db.manual.findFirst({ where: { code: manual.code }, orderBy: { revision: 'desc' } });
  await db.manual.updateMany({ where: { code: manual.code }, data: { status: 'ARCHIVED' } });
  await db.manual.create({
    data: {
      id,
      code: manual.code,
      revision: (latest?.revision ?? 0) + 1,
      title: manual.title,
      locale: manual.locale ?? 'EN',
      status: 'READY',
      fileName: `${manual.code}.md`,
      mediaType: 'text/markdown',
      sha256: sha256Hex(bytes),
      bytes: Uint8Array.from(bytes),
      alertNames: [],
      systemNames: [],
      errorCodes: [],
      visibility: manual.visibility ?? 'EVERYONE',
      team: manual.team ?? null,
      owner: manual.owner ?? null,
      revisedAt: manual.revised === undefined ? null : new Date(`${manual.revised}T00:00:00Z`),
      uploadedBy: 'test',
      indexedAt: new Date(),
    },
  });
  let line = 1;
  const passages: string[] = [];
  for (const [seq, [section, text]] of manual.sections.entries()) {
    const chunkId = newId();
    const lines = text.split('\n').length + 2;
    const sparse = documentTerms({ title: manual.title, names: [], sectionPath: [section], text });
    await db.manualChunk.create({
      data: {
        id: chunkId,
        manualId: id,
        seq,
        section,
        sectionPath: [section],
        lineFrom: line,
        lineTo: line + lines - 1,
        text,
        tokens: Math.ceil(text.length / 4),
        hash: sha256Hex(text),
        sparse: { terms: { ...sparse.terms }, length: sparse.length },
        sparseVersion: indexVersion,
      },
    });
    line += lines + 1;
    passages.push(chunkId);
  }
  return { id, passages };
}

const topics =
  'certificates:renew:expiry|backups:restore:tape|printers:queue:spool|routers:firmware:uplink|accounts:password:lockout|storage:volume:quota|mail:relay:bounce|proxies:cache:purge|clusters:node:drain|queues:consumer:lag|indexes:vacuum:bloat|licences:seat:audit|sensors:probe:calibrate|tunnels:peer:handshake|batches:calendar:holiday|exports:ledger:closing|kiosks:screen:reboot|badges:door:reader|antennas:signal:mast|archives:retention:shred';

/** Manuals about other things: search judges how rare words are by the whole collection, so a test's own must not be all of it. */
export async function putOtherManuals(db: Db): Promise<void> {
  for (const [index, topic] of topics.split('|').entries()) {
    const [thing = '', part = '', deed = ''] = topic.split(':');
    await putManual(db, {
      code: `OTHER-${String(index + 1).padStart(2, '0')}`,
      title: `Handling ${thing}`,
      sections: [
        ['Before', `Find out which ${thing} are concerned and note the state of each ${part}.`],
        ['Steps', `Work through the ${thing} one at a time. Look after the ${part}, then ${deed} what is left over.`],
        ['After', `Write down what was done to the ${thing} and who looked at the ${part}.`],
      ],
    });
  }
}
