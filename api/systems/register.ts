import type { z } from 'zod';
import { newId } from '../../lib/ids.ts';
import type { Core } from '../context.ts';
import { inTransaction, Prisma, type System } from '../db.ts';
import { type By, requireAny } from '../incidents/by.ts';
import { type SystemCreate, type SystemUpdate, systemCreateSchema, systemUpdateSchema } from './system.ts';

/** Why nothing was stored. */
export interface SystemRefusal {
  readonly code: 'INVALID_INPUT' | 'NOT_FOUND' | 'CONFLICT';
  readonly message: string;
  readonly path?: readonly string[];
}

/** The system as it stands now. */
export interface SystemAnswer {
  readonly system: System | null;
  readonly userErrors: readonly SystemRefusal[];
}

/** Registers a system. The same name with the same facts again answers the first; with others it is refused. */
export async function registerSystem(core: Core, viewer: By, input: unknown): Promise<SystemAnswer> {
  requireAny(viewer, 'SYSTEM_WRITE');
  const parsed = systemCreateSchema.safeParse(input);
  if (!parsed.success) return { system: null, userErrors: issuesOf(parsed.error) };
  return inTransaction(core.db, async (tx): Promise<SystemAnswer> => {
    const columns = columnsOf(parsed.data);
    const { count } = await tx.system.createMany({
      data: [{ ...columns, id: newId(), name: parsed.data.name, displayName: parsed.data.displayName }],
      skipDuplicates: true,
    });
    const system = await tx.system.findUniqueOrThrow({ where: { name: parsed.data.name } });
    if (count === 0) {
      if (sameFacts(system, columns)) return { system, userErrors: [] };
      const message = `A system named ${parsed.data.name} is already registered with other facts.`;
      return { system, userErrors: [{ code: 'CONFLICT', message, path: ['input', 'name'] }] };
    }
    await core.audit(tx, {
      actor: viewer.actor,
      operation: 'systemCreate',
      subject: { type: 'System', id: system.id },
      input: parsed.data,
      outcome: 'stored',
      correlationId: viewer.correlationId,
    });
    return { system, userErrors: [] };
  });
}

/** Changes a system when nobody else has since the version the caller read. */
export async function updateSystem(core: Core, viewer: By, input: unknown): Promise<SystemAnswer> {
  requireAny(viewer, 'SYSTEM_WRITE');
  const parsed = systemUpdateSchema.safeParse(input);
  if (!parsed.success) return { system: null, userErrors: issuesOf(parsed.error) };
  const { id, expectedVersion, ...facts } = parsed.data;
  return inTransaction(core.db, async (tx): Promise<SystemAnswer> => {
    const { count } = await tx.system.updateMany({
      where: { id, version: expectedVersion },
      data: { ...columnsOf(facts), version: { increment: 1 } },
    });
    const system = await tx.system.findUnique({ where: { id } });
    if (system === null) return { system, userErrors: [{ code: 'NOT_FOUND', message: 'There is no such system.' }] };
    if (count === 0) {
      const message = `${system.name} was changed by someone else (version ${system.version}).`;
      return { system, userErrors: [{ code: 'CONFLICT', message, path: ['input', 'expectedVersion'] }] };
    }
    await core.audit(tx, {
      actor: viewer.actor,
      operation: 'systemUpdate',
      subject: { type: 'System', id },
      input: facts,
      outcome: 'stored',
      correlationId: viewer.correlationId,
    });
    return { system, userErrors: [] };
  });
}

type Facts = Omit<Partial<SystemCreate>, 'name' | 'displayName' | 'environment'> &
  Pick<Partial<SystemUpdate>, 'displayName' | 'environment'>;

const json = (value: object | null): Prisma.InputJsonValue | typeof Prisma.DbNull =>
  value === null ? Prisma.DbNull : JSON.parse(JSON.stringify(value));

/** Lists are never null in the record: none is an empty one. */
const list = (value: readonly object[] | null): Prisma.InputJsonValue => JSON.parse(JSON.stringify(value ?? []));

/** Only the fields that were given; null clears those that may be empty. */
function columnsOf(facts: Facts) {
  return {
    ...(facts.displayName ? { displayName: facts.displayName } : {}),
    ...(facts.environment ? { environment: facts.environment } : {}),
    ...(facts.healthUrl === undefined ? {} : { healthUrl: facts.healthUrl }),
    ...(facts.expectation === undefined ? {} : { expectation: json(facts.expectation) }),
    ...(facts.workload === undefined ? {} : { workload: json(facts.workload) }),
    ...(facts.metricLabels === undefined ? {} : { metricLabels: json(facts.metricLabels) }),
    ...(facts.dependsOn === undefined ? {} : { dependsOn: [...new Set(facts.dependsOn ?? [])].sort() }),
    ...(facts.verifyQuery === undefined ? {} : { verifyQuery: facts.verifyQuery }),
    ...(facts.configurationItem === undefined ? {} : { configurationItem: facts.configurationItem }),
    ...(facts.chatChannel === undefined ? {} : { chatChannel: facts.chatChannel }),
    ...(facts.databases === undefined ? {} : { databases: list(facts.databases) }),
    ...(facts.logSources === undefined ? {} : { logSources: list(facts.logSources) }),
    ...(facts.jobs === undefined ? {} : { jobs: list(facts.jobs) }),
    ...(facts.limits === undefined ? {} : { limits: JSON.parse(JSON.stringify(facts.limits)) }),
  };
}

function sameFacts(system: System, columns: ReturnType<typeof columnsOf>): boolean {
  const stored: Readonly<Record<string, unknown>> = { ...system };
  const flat = (value: unknown): string => JSON.stringify(value === Prisma.DbNull ? null : value, sortedKeys);
  return Object.entries(columns).every(([key, value]) => flat(stored[key]) === flat(value));
}

function sortedKeys(_: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function issuesOf(error: z.ZodError): readonly SystemRefusal[] {
  return error.issues.map((issue) => ({
    code: 'INVALID_INPUT',
    message: issue.message,
    path: ['input', ...issue.path.map(String)],
  }));
}
