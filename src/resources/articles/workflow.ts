// What may be done to an article: one exhaustive table of state × action. Who may do it is the permission's matter
// (platform/auth/permissions.ts); whether the article is public, scheduled, retracted or in the trash is no state but a
// fact of its own, which each action names as its condition.
import { type Problem, type ProblemCode, problem } from '../../core/problems.ts';
import type { Permission } from '../../platform/auth/permissions.ts';
import type { EventType } from '../../platform/events/catalogue.ts';

export const states = ['draft', 'in_review', 'approved'] as const;
export type State = (typeof states)[number];

export const actions = [
  'edit',
  'restore',
  'submit',
  'return',
  'approve',
  'publish',
  'schedule',
  'unschedule',
  'unpublish',
  'correct',
  'retract',
  'reinstate',
  'trash',
  'untrash',
] as const;
export type Action = (typeof actions)[number];

/** What an action needs beside its state. */
export type Condition = 'scheduled' | 'public' | 'wasPublic' | 'retracted' | 'notRetracted' | 'trashed';

type Facts = { readonly permission: Permission; readonly event: EventType; readonly needs: readonly Condition[] };

/** Who, what the log says, and on what condition. An article in the trash takes only what needs it there. */
export const actionFacts: Record<Action, Facts> = {
  edit: { permission: 'article.edit', event: 'article.revised', needs: [] },
  restore: { permission: 'article.edit', event: 'article.revised', needs: [] },
  submit: { permission: 'article.submit', event: 'article.submitted', needs: [] },
  return: { permission: 'article.review', event: 'article.returned', needs: [] },
  approve: { permission: 'article.review', event: 'article.approved', needs: [] },
  publish: { permission: 'article.publish', event: 'article.published', needs: ['notRetracted'] },
  schedule: { permission: 'article.publish', event: 'article.scheduled', needs: ['notRetracted'] },
  unschedule: { permission: 'article.publish', event: 'article.unscheduled', needs: ['scheduled'] },
  unpublish: { permission: 'article.publish', event: 'article.unpublished', needs: [] },
  correct: { permission: 'article.publish', event: 'article.corrected', needs: ['notRetracted', 'public'] },
  retract: { permission: 'article.publish', event: 'article.retracted', needs: ['wasPublic', 'notRetracted'] },
  reinstate: { permission: 'article.publish', event: 'article.reinstated', needs: ['retracted'] },
  trash: { permission: 'article.trash', event: 'article.trashed', needs: [] },
  untrash: { permission: 'article.trash', event: 'article.untrashed', needs: ['trashed'] },
};

/** The state an action leads to; null: not in this state. An edit makes a version that nobody has approved. */
export const transitions: Record<State, Record<Action, State | null>> = {
  draft: {
    edit: 'draft',
    restore: 'draft',
    submit: 'in_review',
    return: null,
    approve: 'approved',
    publish: 'draft',
    schedule: 'draft',
    unschedule: 'draft',
    unpublish: 'draft',
    correct: 'draft',
    retract: 'draft',
    reinstate: 'draft',
    trash: 'draft',
    untrash: 'draft',
  },
  in_review: {
    edit: 'draft',
    restore: 'draft',
    submit: null,
    return: 'draft',
    approve: 'approved',
    publish: 'in_review',
    schedule: 'in_review',
    unschedule: 'in_review',
    unpublish: 'in_review',
    correct: 'draft',
    retract: 'in_review',
    reinstate: 'in_review',
    trash: 'in_review',
    untrash: 'in_review',
  },
  approved: {
    edit: 'draft',
    restore: 'draft',
    submit: null,
    return: 'draft',
    approve: null,
    publish: 'approved',
    schedule: 'approved',
    unschedule: 'approved',
    unpublish: 'approved',
    correct: 'draft',
    retract: 'approved',
    reinstate: 'approved',
    trash: 'approved',
    untrash: 'approved',
  },
};

/** Where review is required, only an approved version reaches the public by these. A correction is judged by who makes it. */
export const reviewedActions: ReadonlySet<Action> = new Set(['publish', 'schedule']);

/** The state that follows; refuses an action that the state does not know. */
export function nextState(state: State, action: Action): State {
  const next = transitions[state][action];
  if (next !== null) return next;
  const allowedActions = actions.filter((each) => transitions[state][each] !== null);
  throw problem('article.action_not_allowed', {
    detail: `An article that is ${state.replace('_', ' ')} takes no "${action}".`,
    extensions: { state, allowedActions },
  });
}

export type LifeFacts = {
  readonly isPublic: boolean;
  readonly isScheduled: boolean;
  readonly wasPublic: boolean;
  readonly isRetracted: boolean;
  readonly isTrashed: boolean;
};

const conditions: Record<Condition, { holds(facts: LifeFacts): boolean; code: ProblemCode; detail: string }> = {
  scheduled: { holds: (f) => f.isScheduled, code: 'article.not_scheduled', detail: 'Nothing is scheduled.' },
  public: { holds: (f) => f.isPublic, code: 'article.not_published', detail: 'The public does not see the article.' },
  wasPublic: { holds: (f) => f.wasPublic, code: 'article.not_published', detail: 'The public never saw the article.' },
  retracted: { holds: (f) => f.isRetracted, code: 'article.not_retracted', detail: 'The article is not retracted.' },
  notRetracted: { holds: (f) => !f.isRetracted, code: 'article.retracted', detail: 'Reinstate the article first.' },
  trashed: { holds: (f) => f.isTrashed, code: 'article.not_trashed', detail: 'The article is not in the trash.' },
};

/** Refuses an action whose condition does not hold. */
export function requireConditions(action: Action, facts: LifeFacts): void {
  for (const name of actionFacts[action].needs) {
    const condition = conditions[name];
    if (!condition.holds(facts)) throw conditionProblem(condition);
  }
}

const conditionProblem = ({ code, detail }: { code: ProblemCode; detail: string }): Problem =>
  problem(code, { detail });
