// What is kept ready, and who is told to forget.
import { httpBase, httpUrl, text, token, variable, whole } from './variable.ts';

const mib = 1024 ** 2;
const idOf = (service: string) => text(/^\w+$/, `the id as ${service} shows it, letters and digits only`);

export const deliveryVariables = {
  cacheSizeBytes: variable({
    name: 'CACHE_SIZE_BYTES',
    // One answer may take an eighth of it, its coded forms included: with less, hardly an article would be kept.
    schema: whole({ min: mib, max: 64 * 1024 * mib, of: 'bytes', off: 'keeps none' }).default(64 * mib),
    example: '67108864',
    about:
      'Finished answers that a process keeps in memory, 1048576 or more; 0 keeps none, and no answer has a `Cache-Status` or `Age`.',
  }),
  purgeUrl: variable({
    name: 'PURGE_URL',
    schema: httpUrl.optional(),
    example: '',
    about:
      'Told by `POST` which answers a shared cache in front has to forget: their names in the header `Surrogate-Key` and as JSON. One of this, Fastly and Cloudflare.',
  }),
  purgeToken: variable({
    name: 'PURGE_TOKEN',
    schema: token.optional(),
    example: '',
    secret: true,
    needs: ['PURGE_URL'],
    about: 'Sent to `PURGE_URL` as `Authorization: Bearer …`; needs `PURGE_URL`.',
  }),
  fastlyServiceId: variable({
    name: 'FASTLY_SERVICE_ID',
    schema: idOf('Fastly').optional(),
    example: '',
    needs: ['FASTLY_API_TOKEN'],
    displaces: ['CLOUDFLARE_ZONE_ID', 'PURGE_URL'],
    about: 'Service of Fastly in front, which is purged by `Surrogate-Key`; needs `FASTLY_API_TOKEN`.',
  }),
  fastlyApiToken: variable({
    name: 'FASTLY_API_TOKEN',
    schema: token.optional(),
    example: '',
    secret: true,
    needs: ['FASTLY_SERVICE_ID'],
    about: 'Token with the right to purge; needs `FASTLY_SERVICE_ID`.',
  }),
  fastlyApiUrl: variable({
    name: 'FASTLY_API_URL',
    schema: httpBase.default('https://api.fastly.com'),
    example: 'https://api.fastly.com',
    needs: ['FASTLY_SERVICE_ID'],
    about: 'Where Fastly is told.',
  }),
  cloudflareZoneId: variable({
    name: 'CLOUDFLARE_ZONE_ID',
    schema: idOf('Cloudflare').optional(),
    example: '',
    needs: ['CLOUDFLARE_API_TOKEN'],
    displaces: ['PURGE_URL'],
    about: 'Zone of Cloudflare in front, which is purged by `Cache-Tag`; needs `CLOUDFLARE_API_TOKEN`.',
  }),
  cloudflareApiToken: variable({
    name: 'CLOUDFLARE_API_TOKEN',
    schema: token.optional(),
    example: '',
    secret: true,
    needs: ['CLOUDFLARE_ZONE_ID'],
    about: 'Token with the right to purge the zone; needs `CLOUDFLARE_ZONE_ID`.',
  }),
  cloudflareApiUrl: variable({
    name: 'CLOUDFLARE_API_URL',
    schema: httpBase.default('https://api.cloudflare.com/client/v4'),
    example: 'https://api.cloudflare.com/client/v4',
    needs: ['CLOUDFLARE_ZONE_ID'],
    about: 'Where Cloudflare is told.',
  }),
} as const;
