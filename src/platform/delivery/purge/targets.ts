// The shared caches that can be told what to forget, each in its own words. Which one stands in front, the configuration
// says. Nothing else is ever asked for here: no redirect is followed, no answer is read beyond its status.
import type { Config } from '../../config/config.ts';

export type PurgeTarget = {
  readonly name: string;
  /** The variable that names it to operators. */
  readonly setting: string;
  /** The header by which it learns the names of an answer, if it does not read `Surrogate-Key`. */
  readonly tagHeader: string | null;
  /** How many names one request may hold. */
  readonly keysMax: number;
  describe(keys: readonly string[]): PurgeRequest;
};

export type PurgeRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const json = { 'Content-Type': 'application/json' };

type Settings = Pick<
  Config,
  | 'purgeUrl'
  | 'purgeToken'
  | 'fastlyServiceId'
  | 'fastlyApiToken'
  | 'fastlyApiUrl'
  | 'cloudflareZoneId'
  | 'cloudflareApiToken'
  | 'cloudflareApiUrl'
>;

export function choosePurgeTarget(config: Settings): PurgeTarget | null {
  if (config.fastlyServiceId !== undefined) return fastly(config, config.fastlyServiceId);
  if (config.cloudflareZoneId !== undefined) return cloudflare(config, config.cloudflareZoneId);
  return config.purgeUrl === undefined ? null : generic(config, config.purgeUrl);
}

function generic({ purgeToken }: Settings, url: string): PurgeTarget {
  const authorization: Record<string, string> =
    purgeToken === undefined ? {} : { Authorization: `Bearer ${purgeToken}` };
  return {
    name: 'http',
    setting: 'PURGE_URL',
    tagHeader: null,
    keysMax: 100,
    describe: (keys) => ({
      url,
      headers: { ...json, ...authorization, 'Surrogate-Key': keys.join(' ') },
      body: JSON.stringify({ surrogateKeys: keys }),
    }),
  };
}

/** https://www.fastly.com/documentation/reference/api/purging/ (bulk purge by surrogate keys: up to 256). */
function fastly({ fastlyApiUrl, fastlyApiToken = '' }: Settings, serviceId: string): PurgeTarget {
  return {
    name: 'fastly',
    setting: 'FASTLY_SERVICE_ID',
    tagHeader: null,
    keysMax: 256,
    describe: (keys) => ({
      url: `${fastlyApiUrl}/service/${serviceId}/purge`,
      headers: { ...json, 'Fastly-Key': fastlyApiToken },
      body: JSON.stringify({ surrogate_keys: keys }),
    }),
  };
}

/** https://developers.cloudflare.com/api/resources/cache/methods/purge/ (by tags; few in a request, so that every plan takes them). */
function cloudflare({ cloudflareApiUrl, cloudflareApiToken = '' }: Settings, zoneId: string): PurgeTarget {
  return {
    name: 'cloudflare',
    setting: 'CLOUDFLARE_ZONE_ID',
    tagHeader: 'cache-tag',
    keysMax: 30,
    describe: (keys) => ({
      url: `${cloudflareApiUrl}/zones/${zoneId}/purge_cache`,
      headers: { ...json, Authorization: `Bearer ${cloudflareApiToken}` },
      body: JSON.stringify({ tags: keys }),
    }),
  };
}
