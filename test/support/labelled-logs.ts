import { seededRandom } from '../../lib/seeded-random.ts';

/** A line with the kind of event it was made from. */
export interface LabelledLine {
  readonly label: string;
  readonly isError: boolean;
  readonly at: number;
  readonly text: string;
}

type Make = (pick: Pick, at: number) => string;
interface Pick {
  int(max: number): number;
  hex(length: number): string;
  of<T>(list: readonly T[]): T;
}

const stamp = (at: number): string => new Date(at).toISOString();
const comma = (at: number): string => stamp(at).replace('T', ' ').replace('.', ',').replace('Z', '');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const syslog = (at: number): string => {
  const date = new Date(at);
  return `${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2, ' ')} ${stamp(at).slice(11, 19)}`;
};
const ip = (pick: Pick): string => `10.${pick.int(255)}.${pick.int(255)}.${pick.int(255)}`;
const uuid = (pick: Pick): string => `${pick.hex(8)}-${pick.hex(4)}-${pick.hex(4)}-${pick.hex(4)}-${pick.hex(12)}`;
const names = ['kim', 'lee', 'park', 'choi', 'jung', 'system', 'batch', 'admin'];

/** Kinds of lines as five programs of different manners write them. */
const kinds: readonly (readonly [label: string, isError: boolean, weight: number, Make])[] = [
  [
    'java-timeout',
    true,
    8,
    (p, at) =>
      `${comma(at)} ERROR [http-nio-8080-exec-${p.int(200)}] c.s.p.PaymentClient - Read timed out after ${p.int(30_000)} ms calling https://pg${p.int(4)}.example.com/v1/charge/${p.int(999_999)}`,
  ],
  [
    'java-npe',
    true,
    4,
    (p, at) =>
      `${comma(at)} ERROR [scheduler-${p.int(8)}] c.s.o.OrderJob - java.lang.NullPointerException: Cannot invoke "Order.total()" because "order" is null\n\tat com.shop.OrderJob.run(OrderJob.java:${p.int(400)})\n\tat java.base/java.lang.Thread.run(Thread.java:840)`,
  ],
  [
    'java-pool',
    true,
    6,
    (p, at) =>
      `${comma(at)} ERROR [main] com.zaxxer.hikari.pool.HikariPool - HikariPool-1 - Connection is not available, request timed out after ${p.int(30_000)}ms (total=${p.int(20)}, active=${p.int(20)}, idle=0, waiting=${p.int(90)})`,
  ],
  [
    'java-info',
    false,
    30,
    (p, at) =>
      `${comma(at)} INFO  [http-nio-8080-exec-${p.int(200)}] c.s.o.OrderController - order ${p.int(999_999)} accepted for ${p.of(names)}`,
  ],
  [
    'java-warn',
    false,
    6,
    (p, at) =>
      `${comma(at)} WARN  [kafka-${p.int(9)}] o.a.k.clients.NetworkClient - Connection to node ${p.int(5)} (${ip(p)}:9092) could not be established`,
  ],
  [
    'json-db',
    true,
    7,
    (p, at) =>
      `{"time":"${stamp(at)}","level":"error","msg":"query failed","err":"pq: deadlock detected","table":"${p.of(['orders', 'items', 'stock'])}","duration_ms":${p.int(5_000)},"trace_id":"${p.hex(32)}"}`,
  ],
  [
    'json-auth',
    true,
    5,
    (p, at) =>
      `{"time":"${stamp(at)}","level":"error","msg":"token rejected","user":"${p.of(names)}${p.int(999)}","ip":"${ip(p)}","reason":"expired"}`,
  ],
  [
    'json-info',
    false,
    25,
    (p, at) =>
      `{"time":"${stamp(at)}","level":"info","msg":"request","path":"/api/items/${p.int(99_999)}","status":200,"ms":${p.int(900)}}`,
  ],
  [
    'logfmt-redis',
    true,
    5,
    (p, at) =>
      `ts=${stamp(at)} level=error caller=cache.go:${p.int(200)} msg="dial tcp ${ip(p)}:6379: connect: connection refused" attempt=${p.int(9)}`,
  ],
  [
    'logfmt-debug',
    false,
    15,
    (p, at) => `ts=${stamp(at)} level=debug caller=cache.go:${p.int(200)} msg="hit" key=item:${p.int(99_999)}`,
  ],
  [
    'syslog-oom',
    true,
    2,
    (p, at) =>
      `${syslog(at)} web-${p.int(12)} kernel: [${p.int(99_999)}.${p.int(999_999)}] Out of memory: Killed process ${p.int(32_000)} (java) total-vm:${p.int(9_999_999)}kB`,
  ],
  [
    'syslog-sshd',
    true,
    4,
    (p, at) =>
      `${syslog(at)} bastion sshd[${p.int(32_000)}]: error: maximum authentication attempts exceeded for root from ${ip(p)} port ${p.int(65_000)} ssh2`,
  ],
  [
    'syslog-cron',
    false,
    10,
    (p, at) => `${syslog(at)} web-${p.int(12)} CRON[${p.int(32_000)}]: (root) CMD (run-parts /etc/cron.hourly)`,
  ],
  [
    'nginx-5xx',
    true,
    8,
    (p, at) =>
      `${ip(p)} - - [${stamp(at).slice(8, 10)}/${months[new Date(at).getUTCMonth()]}/${stamp(at).slice(0, 4)}:${stamp(at).slice(11, 19)} +0000] "POST /api/pay/${p.int(99_999)} HTTP/1.1" ${p.of([500, 502, 503, 504])} ${p.int(900)} "-" "curl/8.${p.int(9)}"`,
  ],
  [
    'nginx-ok',
    false,
    40,
    (p, at) =>
      `${ip(p)} - - [${stamp(at).slice(8, 10)}/${months[new Date(at).getUTCMonth()]}/${stamp(at).slice(0, 4)}:${stamp(at).slice(11, 19)} +0000] "GET /errors/list?id=${p.int(99_999)} HTTP/1.1" 200 ${p.int(90_000)} "-" "Mozilla/5.0"`,
  ],
  [
    'nginx-upstream',
    true,
    5,
    (p, at) =>
      `${stamp(at).slice(0, 19).replace('T', ' ').replaceAll('-', '/')} [error] ${p.int(32_000)}#0: *${p.int(999_999)} connect() failed (111: Connection refused) while connecting to upstream, client: ${ip(p)}, server: shop.example, upstream: "http://${ip(p)}:8080/api"`,
  ],
  [
    'python-key',
    true,
    3,
    (p, at) =>
      `${stamp(at)} worker-${p.int(16)} ERROR task ${uuid(p)} raised KeyError: 'order_${p.int(999)}'\n  File "/app/jobs/${p.of(['sync', 'settle'])}.py", line ${p.int(300)}, in run`,
  ],
  [
    'python-disk',
    true,
    3,
    (p, at) =>
      `${stamp(at)} worker-${p.int(16)} CRITICAL cannot write /data/export/${p.hex(10)}.csv: [Errno 28] No space left on device`,
  ],
  [
    'korean-pay',
    true,
    6,
    (p, at) =>
      `${comma(at)} [결제-${p.int(30)}] 오류: 승인 요청 실패 주문번호=${p.int(9_999_999)} 카드사=${p.of(['신한', '국민', '현대'])} 응답코드=${p.int(99)}`,
  ],
  [
    'korean-info',
    false,
    10,
    (p, at) => `${comma(at)} [결제-${p.int(30)}] 승인 완료 주문번호=${p.int(9_999_999)} 금액=${p.int(999_999)}`,
  ],
  [
    'postgres-fatal',
    true,
    3,
    (p, at) =>
      `${stamp(at).slice(0, 23).replace('T', ' ')} UTC [${p.int(32_000)}] FATAL:  remaining connection slots are reserved for non-replication superuser connections`,
  ],
  [
    'postgres-error',
    true,
    3,
    (p, at) =>
      `${stamp(at).slice(0, 23).replace('T', ' ')} UTC [${p.int(32_000)}] ERROR:  duplicate key value violates unique constraint "${p.of(['orders_pkey', 'users_email_key'])}"`,
  ],
  [
    'go-panic',
    true,
    1,
    (p, at) => `${stamp(at)} panic: runtime error: index out of range [${p.int(50)}] with length ${p.int(50)}`,
  ],
];

/** A generated log: the same seed gives the same lines. Kinds come in their own proportions, times rise. */
export function labelledLogs(seed: number, count: number, from: number): LabelledLine[] {
  const random = seededRandom(seed);
  const pick: Pick = {
    int: (max) => random.below(Math.max(1, max)),
    hex: (length) => random.text('0123456789abcdef', length),
    of: (list) => random.pick(list),
  };
  const bag = kinds.flatMap((one) => Array.from({ length: one[2] }, () => one));
  return Array.from({ length: count }, (_, n) => {
    const kind = random.pick(bag);
    const at = from + n * 137;
    return { label: kind[0], isError: kind[1], at, text: kind[3](pick, at) };
  });
}

export const errorLabels: readonly string[] = kinds.filter((one) => one[1]).map((one) => one[0]);
