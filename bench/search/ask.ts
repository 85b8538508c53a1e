// Search as its readers have it: our own program on a database, asked over HTTP.
import { fetchBytes } from '../answers.ts';
import { type Started, startProcess } from '../processes.ts';
import { adminKey, withoutLimits } from '../stage.ts';

// From the sources, so that nothing has to be built.
const fromSources = ['--import', 'tsx', 'src/cli/main.ts', 'serve'];
const asBuilt = ['dist/cli/main.js', 'serve'];

/** How it ranks may be changed by the variables of the caller: SEARCH_BODY_WEIGHT=0.8 npm run eval:search */
export function startSearch(url: string, form: 'sources' | 'built' = 'sources'): Promise<Started> {
  const given = Object.entries(process.env).filter(([name]) => name.startsWith('SEARCH_'));
  const environment = {
    ...(Object.fromEntries(given) as Record<string, string>),
    DATABASE_URL: url,
    MASTHEAD_BOOTSTRAP_KEY: adminKey,
    // Every answer is found anew.
    CACHE_SIZE_BYTES: '0',
    ...withoutLimits,
  };
  return startProcess(form === 'built' ? asBuilt : fromSources, environment, '/health/ready');
}

export type Results = {
  readonly slugs: readonly string[];
  /** Terms that were dropped or relaxed. */
  readonly given: readonly string[];
};

// What is longer is refused.
const lengthMax = 400;

export async function search({ origin }: Started, q: string, limit: number): Promise<Results> {
  const asked = new URLSearchParams({ q: q.slice(0, lengthMax), limit: String(limit), fields: 'slug' });
  const { status, bytes } = await fetchBytes(`${origin}/v1/search?${asked}`);
  if (status !== 200) throw new Error(`${q}: ${status} ${bytes.toString().slice(0, 1000)}`);
  const { data, query } = JSON.parse(bytes.toString()) as Answer;
  return { slugs: data.map(({ slug }) => slug), given: [...query.dropped, ...query.relaxed] };
}

type Answer = {
  readonly data: readonly { readonly slug: string }[];
  readonly query: { readonly dropped: readonly string[]; readonly relaxed: readonly string[] };
};
