/** Every sentence of this folder a person reads, in both languages side by side. */
export const userTexts = {
  needsUserAdmin: {
    en: () => 'This needs the admin role (permission user:admin).',
    ko: () => '관리자 역할(user:admin 권한)이 필요합니다.',
  },
  userNotFound: { en: () => 'There is no such person.', ko: () => '해당 사용자가 없습니다.' },
  keyNotFound: { en: () => 'There is no such key.', ko: () => '해당 키가 없습니다.' },
  nameMissing: { en: () => 'A name is needed (1 to 80 characters).', ko: () => '이름이 필요합니다(1~80자).' },
  emailInvalid: { en: () => 'This is not a mail address.', ko: () => '메일 주소가 아닙니다.' },
  emailTaken: { en: () => 'Another person has this mail address.', ko: () => '다른 사용자가 쓰는 메일 주소입니다.' },
  timeZoneInvalid: {
    en: () => 'This is not a time zone. Example: Asia/Seoul',
    ko: () => '시간대가 아닙니다. 예: Asia/Seoul',
  },
  chatTaken: {
    en: () => 'This chat account is tied to another person.',
    ko: () => '이 채팅 계정은 다른 사용자에게 연결되어 있습니다.',
  },
  chatNotYours: {
    en: () => 'You can only link the chat account you write from; an admin can link others.',
    ko: () => '지금 쓰고 있는 채팅 계정만 연결할 수 있습니다. 다른 계정은 관리자가 연결합니다.',
  },
  chatInvalid: { en: () => 'This is not a chat account.', ko: () => '채팅 계정이 아닙니다.' },
  linkNeedsAdmin: {
    en: () => 'An admin has to tie this chat account to an existing person.',
    ko: () => '이 채팅 계정을 기존 사용자에게 연결하려면 관리자가 필요합니다.',
  },
  versionOld: {
    en: () => 'Someone else changed this person meanwhile. Look again and repeat.',
    ko: () => '그사이 다른 사람이 이 사용자를 변경했습니다. 다시 확인하고 반복해 주세요.',
  },
  lastAdmin: {
    en: () => 'This is the last active admin; make another one first.',
    ko: () => '마지막 활성 관리자입니다. 먼저 다른 관리자를 지정해 주세요.',
  },
  keyNameTaken: { en: () => 'A key with this name exists.', ko: () => '같은 이름의 키가 있습니다.' },
  keyTooStrong: {
    en: () => 'A key cannot hold rights its maker does not have.',
    ko: () => '만드는 사람이 갖지 않은 권한은 키에 줄 수 없습니다.',
  },
  keyEndsInPast: { en: () => 'The end date has passed.', ko: () => '만료일이 지났습니다.' },
  personNeeded: {
    en: () => 'Only a known person can change settings. Link your chat account first.',
    ko: () => '등록된 사람만 설정을 바꿀 수 있습니다. 먼저 채팅 계정을 연결해 주세요.',
  },
} as const;
export type UserTextKey = keyof typeof userTexts;

/** A refusal the caller can act on. */
export interface UserRefusal {
  readonly code: 'FORBIDDEN' | 'NOT_FOUND' | 'INVALID_INPUT' | 'CONFLICT' | 'INVALID_STATE';
  readonly message: string;
  readonly path: readonly string[] | null;
}

/** Builds a refusal in the reader's language. */
export function userRefusal(
  locale: 'KO' | 'EN',
  code: UserRefusal['code'],
  key: UserTextKey,
  field?: string,
): UserRefusal {
  const entry = userTexts[key];
  return {
    code,
    message: locale === 'KO' ? entry.ko() : entry.en(),
    path: field === undefined ? null : ['input', field],
  };
}
