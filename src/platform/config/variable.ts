// What a configuration variable is, and the forms that many of them have. A form carries the sentence that follows the
// name where a value does not have it ("PORT: must be …"), and so shows a right one; nothing else is said, and no value.
import { z } from 'zod';

export type Variable<T extends z.ZodType> = {
  name: string;
  schema: T;
  about: string;
  example: string;
  secret?: boolean;
  /** Variables without which this one, unless it is as if absent, is of no use. */
  needs?: readonly string[];
  /** Variables that would have no effect beside this one. */
  displaces?: readonly string[];
};

export const variable = <T extends z.ZodType>(entry: Variable<T>) => entry;

/** Text of which `form` is true; `described` completes "must be". */
export const text = (form: RegExp | ((given: string) => boolean), described: string) =>
  z
    .string()
    .refine((given) => (form instanceof RegExp ? form.test(given) : form(given)), { error: `must be ${described}` });

export const flag = text(/^(?:true|false)$/, 'true or false').transform((given) => given === 'true');
export const oneOf = <const T extends string>(...names: T[]) =>
  z.enum(names, { error: `must be ${names.slice(0, -1).join(', ')} or ${names.at(-1)}` });

type Range = { min: number; max: number; of?: string; off?: string };
/** A whole number; `of`: what is counted; `off`: what 0 means, where it may be given although it is below `min`. */
export const whole = ({ min, max, of, off }: Range) => {
  const described = `a whole number${of === undefined ? '' : ` of ${of}`} from ${min} to ${max}, in digits only`;
  return text(
    (given) =>
      /^\d+$/.test(given) && ((Number(given) >= min && Number(given) <= max) || (off !== undefined && +given === 0)),
    off === undefined ? described : `${described}, or 0, which ${off}`,
  ).transform(Number);
};

/** What a header can carry. */
export const token = text(/^[\x21-\x7e]+$/, 'the token alone, in printable ASCII without spaces');

// `fetch` takes no user and password in an address, and a header (`Link`, `Location`) nothing but ASCII.
const isHttpUrl = (given: string) => {
  if (!/^https?:\/\/[\x21-\x7e]+$/i.test(given) || !URL.canParse(given)) return false;
  const { username, password } = new URL(given);
  return username === '' && password === '';
};
const httpForm = 'an ASCII address that begins with http:// or https://, without user and password';
const dropSlashes = (url: string) => url.replace(/\/+$/, '');
export const httpUrl = text(isHttpUrl, `${httpForm}, such as https://cache.example.com/purge`).transform(dropSlashes);
/** Paths are put behind it. */
export const httpBase = text(
  (given) => isHttpUrl(given) && !/[?#]/.test(given),
  `${httpForm}, without ? and #, such as https://cms.example.com`,
).transform(dropSlashes);
export const postgresUrl = text(
  (given) => /^postgres(?:ql)?:\/\/./i.test(given) && URL.canParse(given),
  'an address that begins with postgresql://, such as postgresql://user:password@host:5432/database, with special characters of the password percent-encoded',
);

/** Comma-separated entries. */
export const listOf = <T extends z.ZodType<unknown, string>>(entry: T, described: string) =>
  text((given) => splitList(given).length > 0, described)
    .transform(splitList)
    .pipe(z.array(entry));
const splitList = (list: string) =>
  list
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
