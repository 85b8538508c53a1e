// How this newsroom works.
import { isTimeZone } from '../../core/time.ts';
import { flag, oneOf, text, variable, whole } from './variable.ts';

export const newsroomVariables = {
  bootstrapKey: variable({
    name: 'MASTHEAD_BOOTSTRAP_KEY',
    schema: text(
      /^[\x21-\x7e]{32,200}$/,
      '32 to 200 characters of printable ASCII without spaces, such as `openssl rand -hex 32` makes',
    ).optional(),
    example: '',
    secret: true,
    about: 'The first admin key, instead of a random one that is printed once.',
  }),
  timeZone: variable({
    name: 'MASTHEAD_TIME_ZONE',
    schema: text(isTimeZone, 'an IANA time zone such as Asia/Shanghai').default('Asia/Shanghai'),
    example: 'Asia/Shanghai',
    about: 'Zone of local times that carry no offset.',
  }),
  slugPolicy: variable({
    name: 'MASTHEAD_SLUG_POLICY',
    schema: oneOf('pinyin', 'unicode', 'short-id').default('pinyin'),
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
    schema: whole({ min: 1, max: 24 * 30, of: 'hours' }).default(24),
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
