import { stemmer } from 'stemmer';

/** Words that tell nothing about what is asked. Negations and states ("not", "down", "up") stay: they are what alerts are about. */
const stopWords = new Set(
  (
    'a about an and any are as at be been being but by can could did do does done for from had has have how i if in into is it its may me might my of on or our ' +
    'please shall should so some such than that the their them then there these they this those to too us was we were what when where which while who whom whose ' +
    'why will with would you your'
  ).split(' '),
);

/** A run of Latin letters and digits with the joints of names inside: kube-state-metrics, node_load1, ORA-01555, v1.30.2, KubePodNotReady. */
export const latinRun = /[\p{Script=Latin}\p{Nd}]+(?:[._\-:'’][\p{Script=Latin}\p{Nd}]+)*/gu;

const joints = /[._\-:]+/;
const version = /^v?\d+(?:\.\d+)+$/i;

/** The stem of an English word; whatever holds a digit (an error code, a size) is left whole. */
export function stemLatin(word: string): string {
  return word.length <= 2 || /\d/.test(word) ? word : stemmer(word);
}

/** A camelCase word at its humps: KubePodNotReady → Kube Pod Not Ready, HTTPServer → HTTP Server. */
function humps(word: string): string[] {
  if (/^\p{Lu}{2,}s$/u.test(word)) return [word];
  return word
    .replace(/(\p{Ll}|\p{Nd})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(' ');
}

/**
 * Terms of one run: its words, stemmed; and where several make one name, the name itself without its joints (so that kube-state-metrics, kube_state_metrics and
 * kubeStateMetrics are one term) and each two neighbours together (so that CrashLoopBackOff is met by "crashloop" and "back off").
 */
export function latinTerms(run: string): string[] {
  if (/n['’]t$/i.test(run)) return ['not'];
  const plain = run.replace(/['’](?:s|re|ve|ll|d|m)?$/i, '').replace(/['’]/g, '');
  if (version.test(plain)) return [plain.toLowerCase().replace(/^v/, '')];
  const words = plain
    .split(joints)
    .filter((part) => part !== '')
    .flatMap(humps)
    .map((word) => word.toLowerCase());
  if (words.length === 1) {
    const word = words[0] ?? '';
    return stopWords.has(word) ? [] : [stemLatin(word)];
  }
  const found = words.filter((word) => !stopWords.has(word)).map(stemLatin);
  if (words.length > 2)
    for (let at = 0; at + 1 < words.length; at++) found.push(stemLatin(`${words[at]}${words[at + 1]}`));
  found.push(words.length === 2 ? stemLatin(words.join('')) : words.join(''));
  return found;
}
