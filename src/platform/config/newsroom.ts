// How this newsroom works.
import { z } from 'zod';
import { isTimeZone } from '../../core/time.ts';
import { flag, variable, whole } from './variable.ts';

export const newsroomVariables = {
  bootstrapKey: variable({
    name: 'MASTHEAD_BOOTSTRAP_KEY',
    schema: z
      .string()
      .min(32, 'must have at least 32 characters')
      .max(200)
      .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
      .optional(),
    example: '',
    secret: true,
    about: 'The first admin key, instead of a random one that is printed once.',
  }),
  timeZone: variable({
    name: 'MASTHEAD_TIME_ZONE',
    schema: z.string().refine(isTimeZone, 'must be an IANA time zone such as Asia/Shanghai').default('Asia/Shanghai'),
    example: 'Asia/Shanghai',
    about: 'Zone of local times that carry no offset.',
  }),
  slugPolicy: variable({
    name: 'MASTHEAD_SLUG_POLICY',
    schema: z.enum(['pinyin', 'unicode', 'short-id']).default('pinyin'),
    example: 'pinyin',
    about: 'How a slug is made where none is given: `pinyin`, `unicode` or `short-id`.',
  }),
  reviewRequired: variable({
    name: 'MASTHEAD_REVIEW_REQUIRED',
    schema: flag.default(false),
    example: 'false',
    about: '`true`: only an approved version can be published.',
  }),
  idempotencyHours: variable({
    name: 'MASTHEAD_IDEMPOTENCY_HOURS',
    schema: whole(1, 24 * 30).default(24),
    example: '24',
    about: 'How long the answer to a `POST` with `Idempotency-Key` is kept for retries.',
  }),
  seed: variable({
    name: 'MASTHEAD_SEED',
    schema: flag.optional(),
    example: '',
    about: '`true` loads the seed article on a given database too, `false` never; absent: on the embedded one only.',
  }),
} as const;
