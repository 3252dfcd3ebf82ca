import type { Locale } from './texts.ts';

/** Sentences about questions, workflows, schedules and routing, in both languages side by side; a test compares the keys. */
const en = {
  questionPush: (title: string, missing: string) => `${title}: I need ${missing}`,
  questionIntro: (count: number) => (count === 1 ? 'One fact is missing:' : `${count} facts are missing:`),
  questionKnown: (known: string) => `Known so far: ${known}`,
  questionAnswered: (title: string, by: string) => `${title}: answered by ${by}. I go on.`,
  questionOver: (title: string) => `${title}: no answer is needed any more.`,
  answerForm: 'Answer in a form',
  answerTitle: (number: string) => `Answer ${number}`,
  answerSend: 'Send',
  answerHint: 'or just reply in this thread',
  answerTaken: (number: string) => `Taken for ${number}.`,
  answerGone: 'This task waits for no answer any more.',
  answerList: 'several, with commas between',
  yes: 'Yes',
  no: 'No',
  cancel: 'Cancel',
  back: 'Back',
  modelUsed: (calls: number, tokens: number, limit: number, cost: string) =>
    `model: ${calls} call${calls === 1 ? '' : 's'}, ${tokens.toLocaleString('en-US')} of ${limit.toLocaleString('en-US')} tokens${cost}`,
};

type WorkTexts = typeof en;

const ko: WorkTexts = {
  questionPush: (title, missing) => `${title}: ${missing} 정보가 필요합니다`,
  questionIntro: (count) => `${count}가지가 더 필요합니다:`,
  questionKnown: (known) => `지금까지 아는 것: ${known}`,
  questionAnswered: (title, by) => `${title}: ${by} 답변을 받아 계속합니다.`,
  questionOver: (title) => `${title}: 더 이상 답이 필요하지 않습니다.`,
  answerForm: '양식으로 답하기',
  answerTitle: (number) => `${number} 답변`,
  answerSend: '보내기',
  answerHint: '이 스레드에 바로 답해도 됩니다',
  answerTaken: (number) => `${number}에 전달했습니다.`,
  answerGone: '이 작업은 더 이상 답을 기다리지 않습니다.',
  answerList: '여럿이면 쉼표로 구분',
  yes: '예',
  no: '아니요',
  cancel: '취소',
  back: '뒤로',
  modelUsed: (calls, tokens, limit, cost) =>
    `모델: 호출 ${calls}회, 토큰 ${tokens.toLocaleString('ko-KR')}/${limit.toLocaleString('ko-KR')}${cost}`,
};

export const workTexts: Readonly<Record<Locale, WorkTexts>> = { EN: en, KO: ko };
