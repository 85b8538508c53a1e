// The query parameters of an editor's desk: states, people and facts of working copies, for keys that read drafts.
import { z } from 'zod';
import { type Fault, problem } from '../../../core/problems.ts';
import type { Principal } from '../../../platform/auth/principal.ts';
import * as parameters from '../../../platform/http/parameters.ts';
import { type State, states } from '../workflow.ts';

const flag = (what: string) => z.enum(['true', 'false']).optional().describe(`${what} Only with perspective=draft.`);
const people = (what: string) => parameters.listParameter().optional().describe(`${what} Only with perspective=draft.`);

export const deskParameters = {
  state: parameters
    .listParameter()
    .pipe(z.array(z.enum(states, `must be one of ${states.join(', ')}`)))
    .optional()
    .describe('`draft`, `in_review`, `approved`. Only with perspective=draft.'),
  assignee: people('Whose turn it is: slugs or ids of editors, `me`, or `none`.'),
  createdBy: people('Who made it: slugs or ids of editors, `service:<name>`, or `me`.'),
  scheduled: flag('Whether a publication is to come.'),
  hasUnpublishedChanges: flag('Whether the newest version is neither public nor scheduled.'),
  embargoed: flag('Whether an embargo holds now.'),
  retracted: flag('Whether it is taken back.'),
  trashed: parameters.trashedParameter,
};

type DeskQuery = z.output<z.ZodObject<typeof deskParameters>>;
export const deskNames = Object.keys(deskParameters) as readonly (keyof DeskQuery)[];

const servicePrefix = 'service:';

/** Puts the key's editor or service where the query says `me`, so that whose list it is belongs to its cursor. */
export function resolveMe<Query extends Partial<DeskQuery>>(query: Query, principal: Principal | null): Query {
  if (principal === null) return query;
  const { actor } = principal;
  const isPerson = actor.type === 'editor';
  if (!isPerson && query.assignee?.includes('me')) {
    const message = `The key belongs to the service "${actor.name}", and work is given to editors: name one.`;
    throw refuse([{ pointer: '?assignee', code: 'invalid_value', message }]);
  }
  const me = isPerson ? actor.id : servicePrefix + actor.id;
  const resolve = (list: readonly string[] | undefined) => list?.map((name) => (name === 'me' ? me : name));
  return { ...query, assignee: resolve(query.assignee), createdBy: resolve(query.createdBy) };
}

const refuse = (errors: readonly Fault[]) => problem('request.invalid', { detail: errors[0]!.message, errors });

/** Editors are slugs and ids. */
export type Desk = {
  readonly state: readonly State[] | undefined;
  readonly assignee: { readonly editors: readonly string[]; readonly none: boolean } | undefined;
  readonly createdBy: { readonly editors: readonly string[]; readonly services: readonly string[] } | undefined;
  readonly scheduled: boolean | undefined;
  readonly hasUnpublishedChanges: boolean | undefined;
  readonly embargoed: boolean | undefined;
  readonly retracted: boolean | undefined;
  readonly trashed: boolean;
};

const readFlag = (value: 'true' | 'false' | undefined) => (value === undefined ? undefined : value === 'true');

export function readDesk(query: DeskQuery): Desk {
  const isService = (name: string) => name.startsWith(servicePrefix);
  const { assignee, createdBy } = query;
  return {
    state: query.state === undefined ? undefined : [...new Set(query.state)],
    assignee: assignee && {
      editors: assignee.filter((name) => name !== 'none'),
      none: assignee.includes('none'),
    },
    createdBy: createdBy && {
      editors: createdBy.filter((name) => !isService(name)),
      services: createdBy.filter(isService).map((name) => name.slice(servicePrefix.length)),
    },
    scheduled: readFlag(query.scheduled),
    hasUnpublishedChanges: readFlag(query.hasUnpublishedChanges),
    embargoed: readFlag(query.embargoed),
    retracted: readFlag(query.retracted),
    trashed: query.trashed === 'true',
  };
}
