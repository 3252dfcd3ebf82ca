import type { ResultOf } from 'gql.tada';
import type { manualIngestQuery, manualsQuery } from '../operations.ts';
import { sentence } from './answers.ts';
import { actions, context, escaped, linkButton, type Message, pushText } from './elements.ts';
import { bullets, line, richText, safe } from './rich-text.ts';
import { consoleUrl, type Scene } from './scene.ts';

/** A file on its way into the manuals, as the thread shows it. */
export interface LearnedFile {
  readonly name: string;
  /** Why it got no further; null while it is on its way or done. */
  readonly problem: string | null;
}

type Ingest = NonNullable<ResultOf<typeof manualIngestQuery>['manualIngest']>;

/** Progress and result of files that were sent to be learned: one message, edited as it goes. */
export function learnMessage(
  scene: Scene,
  files: readonly LearnedFile[],
  ingest: Ingest | null,
  left: { readonly out: number; readonly isEnd: boolean },
): Message {
  const m = scene.t.manual;
  const sent = files.filter((file) => file.problem === null);
  const states = sent.map((file, index) => stateOf(scene, file.name, ingest?.files[index]));
  const lines = [
    ...states.map(({ text, mark }) => `${mark} ${text}`),
    ...files.flatMap(({ name, problem }) => (problem === null ? [] : [`⚠️ ${m.fileRefused(safe(name, 120), problem)}`])),
    ...(left.out > 0 ? [`⚠️ ${m.tooMany(files.length)}`] : []),
  ];
  const good = states.filter(({ mark }) => mark === '✅').length;
  const isOver = sent.length === 0 || states.every(({ mark }) => mark !== '⏳');
  const title = isOver
    ? good === 0
      ? m.learnedNone
      : good === files.length
        ? m.learned(good)
        : m.learnedSome(good, files.length)
    : files.length === 1
      ? m.learning(safe(files[0]?.name ?? '', 100))
      : m.learningMany(files.length);
  const isOpen = ingest?.files.some(({ manual }) => manual?.visibility === 'EVERYONE') === true;
  return {
    text: pushText(title),
    blocks: [
      richText([line(title, { bold: true }), bullets(lines)]),
      ...(isOver && isOpen ? [context(m.openToAll)] : []),
      ...(!isOver && left.isEnd ? [context(escaped(m.still, 300))] : []),
      ...(isOver && good > 0 ? [actions(linkButton('manuals', m.openInConsole, consoleUrl(scene, 'manuals')))] : []),
    ],
  };
}

function stateOf(
  scene: Scene,
  name: string,
  file: Ingest['files'][number] | undefined,
): { text: string; mark: string } {
  const m = scene.t.manual;
  const shown = safe(name, 120);
  switch (file?.status) {
    case 'ADDED':
    case 'CHANGED':
    case 'UNCHANGED':
      return { mark: '✅', text: m.fileDone[file.status](shown, codeOf(scene, file.manual)) };
    case 'REFUSED':
      return { mark: '⚠️', text: m.fileRefused(shown, safe(file.message ?? '', 300)) };
    case undefined:
      return { mark: '⏳', text: m.stored(shown) };
    default:
      return { mark: '⏳', text: m.reading(shown) };
  }
}

/** Its code; in a thread that everybody reads, of a manual for some only for whom it is. */
function codeOf(scene: Scene, manual: Ingest['files'][number]['manual']): string {
  if (manual === null || manual === undefined) return '–';
  if (manual.visibility === 'EVERYONE') return safe(manual.code, 60);
  return scene.t.manual.visibility[manual.visibility]('').trim();
}

/** The manuals there are, for the person who asks. */
export function manualList(scene: Scene, page: ResultOf<typeof manualsQuery>['manuals']): Message {
  const m = scene.t.manual;
  if (page.nodes.length === 0) return sentence(m.none);
  const title = m.list(page.totalCount);
  const lines = page.nodes.map((one) =>
    [
      `${safe(one.code, 60)} ${safe(one.title, 120)}`,
      ...(one.revisedAt === null ? [] : [m.revised(one.revisedAt.slice(0, 10))]),
      ...(one.visibility === 'EVERYONE' ? [] : [m.visibility[one.visibility](safe(one.team ?? '', 60))]),
      ...(one.stale ? ['⚠'] : []),
    ].join(' · '),
  );
  return {
    text: pushText(title),
    blocks: [
      richText([line(title, { bold: true }), bullets(lines)]),
      ...(page.totalCount > lines.length ? [context(scene.t.more(page.totalCount - lines.length))] : []),
      context(escaped(m.listHint)),
      actions(linkButton('manuals', scene.t.openConsole, consoleUrl(scene, 'manuals'))),
    ],
  };
}
