// What a configuration variable is, and the forms that many of them have.
import { z } from 'zod';

export type Variable<T extends z.ZodType> = {
  name: string;
  schema: T;
  about: string;
  example: string;
  secret?: boolean;
};

export const variable = <T extends z.ZodType>(entry: Variable<T>) => entry;
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
export const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
export const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, message: 'must be a postgresql:// address' });
export const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));
export const splitList = (list: string) =>
  list
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
