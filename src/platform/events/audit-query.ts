// The filters of the audit log, as query parameters and as a condition on events.
import { z } from 'zod';
import { isUuid } from '../../core/ids.ts';
import { type Fault, problem } from '../../core/problems.ts';
import { parseInstant } from '../../core/time.ts';
import type { PrismaTx } from '../db/db.ts';
import type { Prisma } from '../db/generated/client.ts';
import { cursorParameter, instantFault, limitParameter, listParameter, namingIt, text } from '../http/parameters.ts';
import { type EventType, eventCatalogue } from './catalogue.ts';

const types = Object.keys(eventCatalogue) as [EventType, ...EventType[]];
const nouns: readonly string[] = [...new Set(types.map(nounOf))];

function nounOf(type: EventType): string {
  return type.slice(0, type.indexOf('.'));
}

const instant = (what: string) =>
  text(60)
    .optional()
    .describe(
      `Recorded ${what} this instant; RFC 3339, or a date (the start of that day in the configured zone). Exclusive.`,
    );

export const auditQuery = z.strictObject({
  limit: limitParameter,
  cursor: cursorParameter,
  actor: listParameter()
    .optional()
    .describe('Ids or slugs of editors, names of services, or `anonymous`; comma-separated means "or".'),
  action: listParameter()
    .pipe(z.array(z.enum(types, namingIt('is not a type of event, such as article.published'))))
    .optional()
    .describe('Types of events, such as `article.published`; comma-separated means "or".'),
  subject: listParameter()
    .pipe(
      z.array(
        z
          .string()
          .refine((name) => nouns.includes(name) || isUuid(name), `must be an id, or one of ${nouns.join(', ')}`),
      ),
    )
    .optional()
    .describe(`Nouns (${nouns.join(', ')}) or ids; comma-separated means "or".`),
  after: instant('after'),
  before: instant('before'),
  requestId: text(100).optional().describe('What one request did.'),
});
export type AuditQuery = z.output<typeof auditQuery>;

export async function toCondition(
  prisma: PrismaTx,
  query: AuditQuery,
  timeZone: string,
): Promise<Prisma.EventWhereInput> {
  const { actor, action, subject, requestId } = query;
  return {
    AND: [
      readTimes(query, timeZone),
      actor === undefined ? {} : { OR: await findActors(prisma, actor) },
      action === undefined ? {} : { type: { in: action } },
      subject === undefined ? {} : { OR: [ofNouns(subject), ofIds(subject)] },
      requestId === undefined ? {} : { requestId },
    ],
  };
}

function readTimes(query: Pick<AuditQuery, 'after' | 'before'>, timeZone: string): Prisma.EventWhereInput {
  const faults: Fault[] = [];
  const read = (name: 'after' | 'before') => {
    const given = query[name];
    const found = given === undefined ? undefined : parseInstant(given, timeZone);
    if (found === null) faults.push(instantFault(name));
    return found ?? undefined;
  };
  const [gt, lt] = [read('after'), read('before')];
  if (faults.length > 0) throw problem('request.invalid', { detail: faults[0]!.message, errors: faults });
  return { ...(gt && { recordedAt: { gt } }), ...(lt && { AND: { recordedAt: { lt } } }) };
}

/** A name may be both an editor's slug and a service's name. */
async function findActors(prisma: PrismaTx, names: readonly string[]): Promise<Prisma.EventWhereInput[]> {
  const slugs = names.filter((name) => !isUuid(name));
  const editors = await prisma.editor.findMany({ where: { slug: { in: slugs } }, select: { id: true } });
  const ids = [...names.filter(isUuid).map((id) => id.toLowerCase()), ...editors.map(({ id }) => id)];
  return [
    { actorType: 'editor', actorId: { in: ids } },
    { actorType: 'service', actorId: { in: [...names] } },
    ...(names.includes('anonymous') ? [{ actorType: 'anonymous' }] : []),
  ];
}

// By type, because the index of subjects is in the order of positions for one id only.
function ofNouns(names: readonly string[]): Prisma.EventWhereInput {
  return { type: { in: types.filter((type) => names.includes(nounOf(type))) } };
}

function ofIds(names: readonly string[]): Prisma.EventWhereInput {
  const ids = names.filter(isUuid).map((id) => id.toLowerCase());
  return { subjectType: { in: [...nouns] }, subjectId: { in: ids } };
}
