import { comparable } from './plain-rules.ts';

/** Kinds of deeds in both languages: a sentence that tells somebody to do one must cite words that do. */
const deeds: Readonly<Record<string, RegExp>> = {
  delete:
    /\b(?:delet|remov|drop|purg|eras|wip|truncat|clean|clear|free)\w*|\brm\b|삭제|지우|지웁|지운|제거|비우|비웁|정리/,
  stop: /\b(?:stop|halt|kill|terminat|shut|abort|paus|suspend)\w*|중지|중단|멈추|멈춥|멈춘|종료|정지|내리|내립/,
  restart: /\b(?:restart|reboot|recreat|bounc)\w*|재시작|재기동|재부팅|다시 시작|다시 띄/,
  start: /\b(?:start|launch|boot)\w*|시작|기동|띄우|띄웁/,
  undo: /\b(?:roll(?:ing|ed)? ?back|rollback|revert|undo|restor|recover)\w*|롤백|되돌|복원|복구/,
  disable: /\b(?:disabl|turn(?:ing|ed)? off|switch(?:ing|ed)? off|mut|silenc)\w*|비활성|끄기|끕니다|끈다|음소거/,
  scale: /\b(?:scal|resiz|enlarg|shrink|grow)\w*|증설|확장|늘리|늘립|줄이|줄입/,
  send: /\b(?:send|post|publish|upload|forward|e-?mail|shar)\w*|보내|보냅|전송|게시|업로드|공유/,
  grant: /\b(?:grant|allow|permit|disclos|reveal)\w*|권한을 (?:주|부여)|허용|공개/,
  pay: /\b(?:pay out|refund|transfer)\w*|환불|송금|이체/,
};
/** Deeds that a stated neighbour covers: whoever restarts also starts. */
const covers: Readonly<Record<string, readonly string[]>> = { start: ['restart', 'undo'], stop: ['restart'] };

const negation =
  /\b(?:not|never|no|cannot|without|avoid|unless|forbidden|prohibited)\b|n't\b|않|마세요|마십시오|말고|말아|말 것|말것|금지|못하|못 |없이|없는|없으면|없다|없습|안 됩|안됩|안 된/;

/** The kinds of deeds a text speaks of. */
export function deedsOf(text: string): string[] {
  const plain = comparable(text);
  return Object.entries(deeds)
    .filter(([, pattern]) => pattern.test(plain))
    .map(([name]) => name);
}

/** A deed in the sentence that the cited words do not speak of; null when there is none. */
export function uncitedDeed(sentence: string, quote: string): string | null {
  const cited = new Set(deedsOf(quote));
  const own = deedsOf(sentence);
  return (
    own.find((deed) => {
      if (cited.has(deed)) return false;
      // "Restart" holds "start" as a word part in Korean.
      return !(covers[deed] ?? []).some((other) => cited.has(other) && own.includes(other));
    }) ?? null
  );
}

/** Whether one of the two says no where the other does not. */
export function isTurnedRound(sentence: string, quote: string): boolean {
  return negation.test(comparable(sentence)) !== negation.test(comparable(quote));
}
