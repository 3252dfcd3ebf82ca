import type { ModalView } from '@slack/types';
import type { ResultOf } from 'gql.tada';
import type { manualGapsQuery, manualPassageQuery } from '../operations.ts';
import { sentence } from './answers.ts';
import { actions, context, escaped, header, linkButton, type Message, plain, pushText } from './elements.ts';
import { cut, quoteElements } from './quote.ts';
import { bullets, line, literal, richText, safe } from './rich-text.ts';
import { consoleUrl, type Scene } from './scene.ts';

type Passage = NonNullable<ResultOf<typeof manualPassageQuery>['manualPassage']>;

const longestPassage = 2_800;
const longestNeighbour = 700;

/** A passage with what stands around it. Everything in it is literal text. */
export function originalModal(scene: Scene, passage: Passage): ModalView {
  const m = scene.t.manual;
  const { manual } = passage;
  const url = `${consoleUrl(scene, 'manuals', manual.code)}?revision=${manual.version ?? ''}#p${passage.position}`;
  const around = (title: string, text: string | null | undefined, last: boolean) =>
    text == null
      ? []
      : [
          richText([
            { type: 'rich_text_section', elements: [literal(title, { italic: true })] },
            { type: 'rich_text_quote', elements: quoteElements(last ? tail(text) : cut(text, longestNeighbour)) },
          ]),
        ];
  return {
    type: 'modal',
    callback_id: 'manual.original',
    title: plain(m.originalTitle, 24),
    close: plain(scene.t.close, 24),
    blocks: [
      header(`${safe(manual.code, 60)} ${safe(manual.title, 80)}`),
      context(
        [
          passage.sectionPath.map((part) => escaped(part, 100)).join(' › '),
          ...(passage.page === null ? [] : [m.page(passage.page)]),
          m.lines(passage.lineFrom, passage.lineTo),
          manual.revisedAt === null ? m.undated : m.revised(manual.revisedAt.slice(0, 10)),
          ...(manual.version === null ? [] : [m.revision(Number(manual.version))]),
          ...(manual.status === 'ARCHIVED' ? [m.outdated] : []),
          ...(manual.stale ? ['⚠'] : []),
        ].join(' · '),
      ),
      ...around(m.before, passage.before?.text, true),
      richText([{ type: 'rich_text_section', elements: quoteElements(cut(passage.text, longestPassage)) }]),
      ...around(m.after, passage.after?.text, false),
      actions(linkButton('manual', m.openInConsole, url)),
    ],
  };
}

/** The end of a text: of what stands before a passage, the nearest part. */
function tail(text: string): string {
  return text.length <= longestNeighbour
    ? cut(text, longestNeighbour)
    : `… ${cut(text.slice(-longestNeighbour), longestNeighbour)}`;
}

/** The form that asks what was wrong; the verdict itself is kept already. */
export function wrongModal(scene: Scene, meta: string): ModalView {
  const m = scene.t.manual;
  return {
    type: 'modal',
    callback_id: 'manual.wrong',
    private_metadata: meta,
    title: plain(m.wrongTitle, 24),
    submit: plain(scene.t.send, 24),
    close: plain(scene.t.close, 24),
    blocks: [
      richText([line(m.wrongHint)]),
      {
        type: 'input',
        block_id: 'note',
        optional: true,
        label: plain(m.wrongLabel, 1_900),
        element: { type: 'plain_text_input', action_id: 'value', multiline: true, max_length: 500 },
      },
    ],
  };
}

/** What people missed in the manuals. */
export function gapList(scene: Scene, page: ResultOf<typeof manualGapsQuery>['manualGaps']): Message {
  const m = scene.t.manual;
  if (page.nodes.length === 0) return sentence(m.noGaps);
  const title = m.gaps(page.totalCount);
  return {
    text: pushText(title),
    blocks: [
      richText([
        line(title, { bold: true }),
        bullets(
          page.nodes.map(({ number, question, reportedBy }) =>
            m.gapLine(
              number,
              safe(question, 200),
              safe(reportedBy.__typename === 'User' ? reportedBy.displayName : reportedBy.name, 60),
            ),
          ),
        ),
      ]),
      ...(page.totalCount > page.nodes.length ? [context(scene.t.more(page.totalCount - page.nodes.length))] : []),
    ],
  };
}
