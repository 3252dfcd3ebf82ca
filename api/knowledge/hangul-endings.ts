/**
 * Particles, and the conjugated tails of verbs made with 하다, 되다 and 시키다 and of the copula. Chosen from the suffix lists of mecab-ko-dic 2.1.1 (Apache License 2.0,
 * J, EF, EC, EP, ETM and ETN; https://bitbucket.org/eunjeon/mecab-ko-dic): the entries were joined to those verbs, and the ones kept whose cut leaves a word that stands by
 * itself elsewhere, counted over Korean documentation. Single syllables that end many nouns (지, 기, 사, 링) are left out on purpose.
 */
const lists = {
  particles:
    '은 는 이 가 을 를 의 에 와 과 도 로 만 나 요 서 들 에서 에게 에는 에도 에만 에의 으로 로서 로써 으로서 으로써 로부터 으로부터 에서부터 에게서 까지 부터 처럼 보다 마다 만큼 대로 ' +
    '조차 마저 밖에 이나 이라도 라도 라고 이라고 라는 이라는 이란 라면 이라면 이든 이며 이고',
  copula: '이다 입니다 입니까 인가요 인지 이지만 이면 이어야 이기 이었다 였다 이므로 인데 이에요 예요',
  any: '습니다 습니까 었다 았다 었습니다 았습니다 어요 아요 어서 아서 었는데 았는데 었을 았을 으면 으려면 으며',
  verbs:
    '다 고 며 면 지 기 는 는데 는지 거나 여 여서 여야 려면 려고 려는 도록 므로 지만 면서 세요 십시오 라 자 게 던 나요 ' +
    '기는 기를 기가 기도 기에 기로 기만 지는 지도 고자 는가 는가요 더라도 였다 였습니다 였는지 였거나 였지만 신 시오 시기 니 니까',
};

/** Syllables in which 하, 되 and 시키 have melted together with an ending. */
const melted =
  '한 할 함 합니다 합니까 합시다 한다 한다는 한다고 한다면 할지 할까 할까요 할수 해 해서 해서는 해도 해야 해라 해요 해줘 해주세요 해야지 했다 했습니다 했는데 했는지 했거나 했지만 했을 했던 했고 했으며 했으면 ' +
  '된 될 됨 됩니다 됩니까 된다 된다는 된다고 된다면 될지 될까 될까요 돼 돼서 돼도 돼야 돼요 됐다 됐습니다 됐는데 됐는지 됐을 됐던 됐고 됐을때 ' +
  '되어 되어서 되어야 되어도 되었다 되었습니다 되었는데 되었는지 되었거나 되었지만 되었을 되었던 되었고 되었으며 되었으면 시킨 시킬 시킴 시킵니다 시킨다 시켜 시켜서 시켜야 시켰다 시켰습니다';

const joined = ['하', '되', '시키'].flatMap((verb) => lists.verbs.split(' ').map((tail) => verb + tail));

/** Longest first, so that the longest that fits is cut. */
export const hangulEndings: readonly string[] = [
  ...new Set([
    ...lists.particles.split(' '),
    ...lists.copula.split(' '),
    ...lists.any.split(' '),
    ...joined,
    ...melted.split(' '),
  ]),
].sort((one, other) => other.length - one.length || (one < other ? -1 : 1));

/** Endings that may leave a single syllable (값을, 큐에서): no noun of two syllables ends like this. */
export const safeEndings: ReadonlySet<string> = new Set(
  '을 를 은 는 습니다 에서 에는 에도 으로 로부터 으로부터 부터 까지 보다 마다 처럼 에게'.split(' '),
);

/** Particles that stand alone behind a Latin word or a number (Go로, 3개를). */
export const particles: ReadonlySet<string> = new Set(lists.particles.split(' '));
