// What is kept ready, and who is told to forget.
import { z } from 'zod';
import { httpUrl, variable, whole } from './variable.ts';

export const deliveryVariables = {
  cacheSizeBytes: variable({
    name: 'CACHE_SIZE_BYTES',
    schema: whole(0, 64 * 1024 ** 3).default(64 * 1024 ** 2),
    example: '67108864',
    about: 'Finished answers that a process keeps in memory; 0 keeps none.',
  }),
  purgeUrl: variable({
    name: 'PURGE_URL',
    schema: httpUrl.optional(),
    example: '',
    about:
      'Told by `POST` which answers a shared cache in front has to forget: their names in the header `Surrogate-Key` and as JSON.',
  }),
  purgeToken: variable({
    name: 'PURGE_TOKEN',
    schema: z.string().min(1).optional(),
    example: '',
    secret: true,
    about: 'Sent to `PURGE_URL` as `Authorization: Bearer …`.',
  }),
  fastlyServiceId: variable({
    name: 'FASTLY_SERVICE_ID',
    schema: z.string().regex(/^\w+$/).optional(),
    example: '',
    about: 'Service of Fastly in front, which is purged by `Surrogate-Key`; needs `FASTLY_API_TOKEN`.',
  }),
  fastlyApiToken: variable({
    name: 'FASTLY_API_TOKEN',
    schema: z.string().min(1).optional(),
    example: '',
    secret: true,
    about: 'Token with the right to purge.',
  }),
  fastlyApiUrl: variable({
    name: 'FASTLY_API_URL',
    schema: httpUrl.default('https://api.fastly.com'),
    example: 'https://api.fastly.com',
    about: 'Where Fastly is told.',
  }),
  cloudflareZoneId: variable({
    name: 'CLOUDFLARE_ZONE_ID',
    schema: z.string().regex(/^\w+$/).optional(),
    example: '',
    about: 'Zone of Cloudflare in front, which is purged by `Cache-Tag`; needs `CLOUDFLARE_API_TOKEN`.',
  }),
  cloudflareApiToken: variable({
    name: 'CLOUDFLARE_API_TOKEN',
    schema: z.string().min(1).optional(),
    example: '',
    secret: true,
    about: 'Token with the right to purge the zone.',
  }),
  cloudflareApiUrl: variable({
    name: 'CLOUDFLARE_API_URL',
    schema: httpUrl.default('https://api.cloudflare.com/client/v4'),
    example: 'https://api.cloudflare.com/client/v4',
    about: 'Where Cloudflare is told.',
  }),
} as const;
