// The actions of the life cycle as routes; what each does is its command's matter.
import type { FastifyInstance } from 'fastify';
import { within } from '../../../core/problems.ts';
import type { Deps } from '../../../platform/deps.ts';
import { readBody } from '../changes.ts';
import { correctArticle } from '../commands/correct.ts';
import { publishArticle, readPublishOrder } from '../commands/publish.ts';
import { reinstateArticle } from '../commands/reinstate.ts';
import { restoreVersion } from '../commands/restore.ts';
import { retractArticle } from '../commands/retract.ts';
import { reviewArticle } from '../commands/review.ts';
import { untrashArticle } from '../commands/trash.ts';
import { unpublishArticle, unscheduleArticle } from '../commands/unpublish.ts';
import { readInstant } from '../instants.ts';
import {
  approveInput,
  correctInput,
  publishInput,
  reinstateInput,
  restoreInput,
  retractInput,
  returnInput,
  submitInput,
  unpublishInput,
} from '../schemas.ts';
import { declareAction } from './action.ts';
import { articleExamples } from './examples.ts';

export function registerArticleActions(app: FastifyInstance, deps: Deps): void {
  registerReview(app, deps);
  registerPublication(app, deps);
  registerCorrection(app, deps);
  registerRetraction(app, deps);
  declareAction(
    app,
    deps,
    {
      action: 'untrash',
      summary: 'Take an article out of the trash',
      description: 'Back as a working copy, with the slug it had. Publishing it again is an act of its own.',
      problems: ['article.not_trashed'],
    },
    () => untrashArticle,
  );
}

function registerReview(app: FastifyInstance, deps: Deps): void {
  declareAction(
    app,
    deps,
    {
      action: 'submit',
      summary: 'Submit the newest version for review',
      description: 'The state becomes `in_review`. An edit makes it a draft again.',
      body: submitInput,
      problems: ['article.action_not_allowed'],
      example: articleExamples.submit,
    },
    (body) => (tx, act, target) => reviewArticle(tx, act, target, 'submit', body?.comment ?? null),
  );
  declareAction(
    app,
    deps,
    {
      action: 'return',
      summary: 'Return a version with a comment',
      description: 'The state becomes `draft` again; the comment says what is to be changed.',
      body: returnInput,
      problems: ['article.action_not_allowed'],
      example: articleExamples.return,
    },
    (body) => (tx, act, target) => reviewArticle(tx, act, target, 'return', body.comment),
  );
  declareAction(
    app,
    deps,
    {
      action: 'approve',
      summary: 'Approve the newest version',
      description: 'Holds for this version: an edit makes another one, which is a draft.',
      body: approveInput,
      problems: ['article.action_not_allowed'],
      example: articleExamples.approve,
    },
    (body) => (tx, act, target) => reviewArticle(tx, act, target, 'approve', body?.comment ?? null),
  );
}

function registerPublication(app: FastifyInstance, deps: Deps): void {
  const { timeZone } = deps.config;
  declareAction(
    app,
    deps,
    {
      action: 'publish',
      summary: 'Publish the newest version',
      description: 'Now or at an instant, with or without an end. An older version stays up until then.',
      body: publishInput,
      problems: [
        'article.publication_pending',
        'article.publication_overlap',
        'article.embargoed',
        'article.retracted',
        'article.review_required',
        'article.not_ready',
      ],
      example: articleExamples.publish,
    },
    (body) => {
      const order = readPublishOrder(body, timeZone);
      return (tx, act, target) => publishArticle(tx, act, target, order, deps.config);
    },
  );
  declareAction(
    app,
    deps,
    {
      action: 'unschedule',
      summary: 'Call off what is scheduled',
      description: 'What is public stays, until the end it had before.',
      problems: ['article.not_scheduled'],
    },
    () => unscheduleArticle,
  );
  declareAction(
    app,
    deps,
    {
      action: 'unpublish',
      summary: 'Take an article from the public',
      description: 'Now or at an instant. What is scheduled is called off, and a warning says so.',
      body: unpublishInput,
      problems: ['article.not_published'],
      example: articleExamples.unpublish,
    },
    (body) => {
      const at = readInstant(body?.at, '/at', timeZone);
      return (tx, act, target) => unpublishArticle(tx, act, target, at);
    },
  );
}

function registerCorrection(app: FastifyInstance, deps: Deps): void {
  declareAction(
    app,
    deps,
    {
      action: 'restore',
      summary: 'Bring an old version back',
      description:
        'Appends a version with the content of an old one; what the public sees stays. Slug and related articles that are not to be had any more are left out, and `warnings` say so.',
      body: restoreInput,
      problems: ['article.version_not_found'],
      example: articleExamples.restore,
    },
    (body) => (tx, act, target) => restoreVersion(tx, act, target, body),
  );
  declareAction(
    app,
    deps,
    {
      action: 'correct',
      summary: 'Correct what the public reads',
      description:
        'The live version with the changes replaces it at once, at its old place in lists; `corrections` tells the note from then on. A working copy that is ahead gets the same changes; where it has others in the same fields, nothing is done. What is scheduled stays as it is.',
      body: correctInput,
      problems: [
        'article.not_published',
        'article.retracted',
        'article.correction_conflict',
        'article.not_ready',
        'article.publication_overlap',
        'reference.not_found',
        'body.invalid',
      ],
      example: articleExamples.correct,
    },
    async (order) => {
      const body = await within('/changes', () => readBody(order.changes.body));
      return (tx, act, target) => correctArticle(tx, act, target, { ...order, body }, deps.config);
    },
  );
}

function registerRetraction(app: FastifyInstance, deps: Deps): void {
  declareAction(
    app,
    deps,
    {
      action: 'retract',
      summary: 'Take an article back',
      description:
        'Its public address answers 410 with the notice, lists drop it, what is scheduled is called off. The slug stays taken, and editors read all of it.',
      body: retractInput,
      problems: ['article.not_published', 'article.retracted'],
      example: articleExamples.retract,
    },
    (body) => (tx, act, target) => retractArticle(tx, act, target, body),
  );
  declareAction(
    app,
    deps,
    {
      action: 'reinstate',
      summary: 'Undo a retraction',
      description:
        'What was public when the article was taken back is public again, until the end that it had. If that has passed, `warnings` say so.',
      body: reinstateInput,
      problems: ['article.not_retracted', 'article.not_ready', 'article.embargoed'],
      example: articleExamples.reinstate,
    },
    (body) => (tx, act, target) => reinstateArticle(tx, act, target, body?.reason ?? null),
  );
}
