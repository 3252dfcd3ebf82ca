import type { ActionsBlock, KnownBlock, RichTextBlockElement } from '@slack/types';
import type { CitationFields, ManualAnswerFields } from '../fragments.ts';
import { actions, button, context, escaped, type Message, option, plain, pushText } from './elements.ts';
import { quotation } from './quote.ts';
import { line, literal, richText, safe } from './rich-text.ts';
import { consoleUrl, type Scene } from './scene.ts';

const mostSources = 6;
const mostQuoted = 3;
const longestQuote = 600;

/** How an answer is shown: for the asker alone, or for everybody in a place. */
export interface AnswerPlace {
  /** It can be shared from here. */
  readonly canShare: boolean;
  /** Who asked, where others read it. */
  readonly asker?: string;
  /** The question stands right above, in the thread. */
  readonly isReply?: boolean;
}

/** An answer from the manuals: cited sentences, quoted passages, or the plain word that they do not say. */
export function manualAnswerMessage(scene: Scene, answer: ManualAnswerFields, place: AnswerPlace): Message {
  const said = place.asker === undefined ? answer.question : scene.t.manual.asked(place.asker, answer.question);
  const asked = place.isReply === true ? [] : [context(escaped(said, 400))];
  if (answer.mode === 'NOT_FOUND') return notFound(scene, answer, asked);
  const m = scene.t.manual;
  const cited = answer.citations.slice(0, mostSources);
  const sources = cited.slice(0, 2).map(shortName).join(', ');
  const body =
    answer.sentences.length > 0 ? written(scene, answer, cited) : quoted(scene, answer.citations.slice(0, mostQuoted));
  return {
    text: pushText(m.answerPush(safe(answer.question, 60), sources)),
    blocks: [...asked, ...body, ...smallPrint(scene, answer), ...controls(scene, answer, cited, place)],
  };
}

/** "PAY-OPS-12 §4". */
export const shortName = (one: CitationFields): string => `${safe(one.code, 60)} §${safe(one.section, 80)}`;

/** Page, revision and its age; each only where it is known. */
export function placeWords(scene: Scene, one: CitationFields): string[] {
  const m = scene.t.manual;
  return [
    ...(one.page === null ? [] : [m.page(one.page)]),
    one.revisedAt === null ? m.undated : m.revised(one.revisedAt.slice(0, 10)),
    m.revision(one.revision),
    ...(one.outdated ? [m.outdated] : []),
    ...(one.stale && one.monthsOld !== null ? [m.old(one.monthsOld)] : []),
  ];
}

/** Where the console shows a passage beside its document. */
export function passageUrl(scene: Scene, one: Pick<CitationFields, 'code' | 'revision' | 'passage'>): string {
  const page = `${consoleUrl(scene, 'manuals', one.code)}?revision=${one.revision}`;
  return one.passage === null ? page : `${page}#p${one.passage.position}`;
}

function written(scene: Scene, answer: ManualAnswerFields, cited: readonly CitationFields[]): KnownBlock[] {
  const url = (ref: number): string => {
    const one = answer.citations.find((citation) => citation.ref === ref);
    return one === undefined ? consoleUrl(scene, 'manuals') : passageUrl(scene, one);
  };
  const many = answer.sentences.length > 1;
  const sentences = answer.sentences.map(({ text, evidenceRefs }) =>
    line(`${safe(text, 500)} ${evidenceRefs.map((ref) => `[${ref}]`).join('')}`, { code: true, evidenceUrl: url }),
  );
  const body: RichTextBlockElement[] = many
    ? [{ type: 'rich_text_list', style: 'ordered', elements: sentences }]
    : sentences;
  return [
    richText(body),
    context(
      ...cited.map((one) =>
        [
          `[${one.ref}] <${passageUrl(scene, one)}|${escaped(shortName(one), 140).replaceAll('|', '¦')}>`,
          ...placeWords(scene, one).map((words) => escaped(words)),
        ].join(' · '),
      ),
    ),
  ];
}

/** Passages as they are written, each under where it stands. */
export function quoted(scene: Scene, citations: readonly CitationFields[]): KnownBlock[] {
  return citations.map((one) =>
    richText([
      {
        type: 'rich_text_section',
        elements: [
          literal(`[${one.ref}] `, { bold: true }),
          {
            type: 'link',
            url: passageUrl(scene, one),
            text: `${safe(one.code, 60)} ${safe(one.title, 120)}`,
            style: { bold: true },
          },
          literal(` › ${one.sectionPath.map((part) => safe(part, 80)).join(' › ')}`),
        ],
      },
      line(placeWords(scene, one).join(' · ')),
      quotation(one.quote, one.highlights, longestQuote),
    ]),
  );
}

function smallPrint(scene: Scene, answer: ManualAnswerFields): KnownBlock[] {
  const m = scene.t.manual;
  const words = [
    ...(answer.note === null ? [] : [m.notes[answer.note]]),
    ...(answer.sentences.length > 0 ? [m.written(answer.citations.length)] : []),
    ...(answer.droppedClaims > 0 ? [m.dropped(answer.droppedClaims)] : []),
    ...(answer.degraded === null ? [] : [m.degraded(answer.degraded)]),
  ];
  return words.length === 0 ? [] : [context(words.map((one) => escaped(one, 300)).join(' · '))];
}

function controls(
  scene: Scene,
  answer: ManualAnswerFields,
  cited: readonly CitationFields[],
  place: AnswerPlace,
): KnownBlock[] {
  const m = scene.t.manual;
  const elements: ActionsBlock['elements'] = [
    ...originals(scene, cited),
    ...(answer.moreCount > 0 ? [button('manual.more', m.moreResults(answer.moreCount), { a: answer.id })] : []),
    ...(place.canShare ? [button('manual.share', m.share, { a: answer.id })] : []),
    button('manual.right', m.right, { a: answer.id }),
    button('manual.wrong', m.wrong, { a: answer.id }),
  ];
  return [actions(...elements)];
}

/** A button for one passage, a menu for several. */
export function originals(scene: Scene, cited: readonly CitationFields[]): ActionsBlock['elements'] {
  const m = scene.t.manual;
  const kept = cited.flatMap((one) => (one.passage === null ? [] : [{ one, id: one.passage.id }]));
  const [first] = kept;
  if (first === undefined) return [];
  if (kept.length === 1) return [button('manual.original', m.original, { p: first.id })];
  return [
    {
      type: 'static_select',
      action_id: 'manual.original',
      placeholder: plain(m.originalOf, 150),
      options: kept.map(({ one, id }) => option(`[${one.ref}] ${shortName(one)}`, JSON.stringify({ p: id }))),
    },
  ];
}

function notFound(scene: Scene, answer: ManualAnswerFields, asked: readonly KnownBlock[]): Message {
  const m = scene.t.manual;
  const nearest = answer.nearest.slice(0, 3);
  const closest = nearest[0] === undefined ? '' : shortName(nearest[0]);
  return {
    text: pushText(m.notFoundPush(closest)),
    blocks: [
      ...asked,
      richText([
        {
          type: 'rich_text_section',
          elements: [literal(m.notFoundTitle, { bold: true }), literal(` ${m.notFoundText}`)],
        },
        ...(nearest.length === 0 ? [] : [line(m.closest(nearest.length))]),
      ]),
      ...(nearest.length === 0
        ? []
        : [
            context(
              ...nearest.map((one) =>
                [
                  `<${passageUrl(scene, one)}|${escaped(`${shortName(one)}`, 140).replaceAll('|', '¦')}>`,
                  escaped(one.title, 120),
                  ...placeWords(scene, one).map((words) => escaped(words)),
                ].join(' · '),
              ),
            ),
          ]),
      ...(answer.degraded === null ? [] : [context(escaped(m.degraded(answer.degraded), 300))]),
      actions(
        button('manual.who', m.whoKnows, { a: answer.id }),
        ...(answer.gapReported ? [] : [button('manual.gap', m.reportGap, { a: answer.id })]),
        ...originals(scene, nearest),
      ),
    ],
  };
}

/** The further results of an answer. */
export function moreMessage(
  scene: Scene,
  answer: ManualAnswerFields & { readonly more: readonly CitationFields[] },
): Message {
  const m = scene.t.manual;
  const shown = answer.more.slice(0, 5);
  const title = m.moreTitle(safe(answer.question, 80));
  return {
    text: pushText(title),
    blocks: [
      richText([line(title, { bold: true })]),
      ...quoted(scene, shown),
      ...(originals(scene, shown).length === 0 ? [] : [actions(...originals(scene, shown))]),
    ],
  };
}
