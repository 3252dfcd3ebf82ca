import { Chip } from '@mui/material';
import { useText } from '../language.ts';

type Color = 'default' | 'error' | 'warning' | 'info' | 'success';

/** How each state is shown: a symbol and a word in both languages, never colour alone. */
const states: Readonly<Record<string, readonly [string, string, string, Color]>> = {
  CRITICAL: ['🔴', 'CRITICAL', '심각', 'error'],
  HIGH: ['🟠', 'HIGH', '높음', 'warning'],
  WARNING: ['🟡', 'WARNING', '경고', 'warning'],
  INFO: ['🔵', 'INFO', '정보', 'info'],
  TRIGGERED: ['🔴', 'triggered', '발생', 'error'],
  FIRING: ['🔴', 'firing', '발생 중', 'error'],
  FLAPPING: ['🟠', 'flapping', '흔들림', 'warning'],
  SILENCED: ['🔕', 'silenced', '음소거', 'default'],
  ACKNOWLEDGED: ['👀', 'acknowledged', '확인됨', 'info'],
  RESOLVED: ['🟢', 'resolved', '해결', 'success'],
  PENDING: ['✋', 'waiting', '대기', 'warning'],
  APPROVED: ['✅', 'approved', '승인됨', 'success'],
  REJECTED: ['⛔', 'rejected', '반려됨', 'error'],
  EXPIRED: ['⌛', 'expired', '만료됨', 'default'],
  CANCELLED: ['⏹', 'cancelled', '취소됨', 'default'],
  QUEUED: ['⏳', 'queued', '대기 중', 'default'],
  RUNNING: ['⚙️', 'running', '실행 중', 'info'],
  WAITING_INPUT: ['❓', 'waits for an answer', '답변 대기', 'warning'],
  WAITING_APPROVAL: ['✋', 'waits for approval', '승인 대기', 'warning'],
  OUTCOME_UNKNOWN: ['❓', 'outcome unknown', '결과 모름', 'error'],
  SUCCEEDED: ['✅', 'done', '완료', 'success'],
  FAILED: ['⚠️', 'failed', '실패', 'error'],
  SKIPPED: ['⏭', 'skipped', '건너뜀', 'default'],
  HEALTHY: ['🟢', 'healthy', '정상', 'success'],
  SLOW: ['🟡', 'slow', '느림', 'warning'],
  UNHEALTHY: ['🔴', 'unhealthy', '비정상', 'error'],
  VERIFIED: ['✅', 'verified', '검증됨', 'success'],
  EXECUTED_UNVERIFIED: ['⚠️', 'executed, not verified', '실행됨, 검증 안 됨', 'warning'],
  NOT_RUN: ['▫️', 'not run', '실행 안 됨', 'default'],
  MANUAL_READY: ['🟢', 'in use', '사용 중', 'success'],
  MANUAL_QUEUED: ['⏳', 'waiting', '대기', 'default'],
  MANUAL_INDEXING: ['⚙️', 'being read', '읽는 중', 'info'],
  MANUAL_FAILED: ['⚠️', 'failed', '실패', 'error'],
  MANUAL_ARCHIVED: ['▫️', 'earlier or removed', '이전 또는 제거됨', 'default'],
  UP: ['🟢', 'up', '정상', 'success'],
  DEGRADED: ['🟡', 'degraded', '저하', 'warning'],
  DOWN: ['🔴', 'down', '중단', 'error'],
  NOT_CONFIGURED: ['⚪', 'not configured', '미설정', 'default'],
};

/** A state as a chip. A state this console does not know is shown as it came. */
export function State({ value }: { readonly value: string }) {
  const { language } = useText();
  const [symbol, en, ko, color] = states[value] ?? ['▫️', value, value, 'default' as Color];
  return <Chip size="small" variant="outlined" color={color} label={`${symbol} ${language === 'ko' ? ko : en}`} />;
}
