// The answers that the model expects, and the same of an answer that came: short texts that can be compared. Of an article
// that is its version with everything that has a name of today.
import {
  type Content,
  type Instant,
  isGoneAt,
  type Named,
  type Showing,
  type State,
  type Story,
  shownAt,
} from './model.ts';

export type Target = {
  readonly path: string;
  /** Whose answer it is, where it is one's: a story's id, a record's slug. */
  readonly about?: string;
  /** Absent: the present. */
  readonly asOf?: number;
  readonly expect: (view: View) => string;
};

/** All there is to answer from. */
export type View = {
  readonly state: State;
  readonly contents: ReadonlyMap<string, Content>;
  readonly instant: Instant;
};

// biome-ignore lint/suspicious/noExplicitAny: whatever came is held against what should have come.
type Json = any;

const absent = '404';
const gone = '410';

export function describeAnswer(status: number, location: string | undefined, body: Json): string {
  if (status === 301) return `301 ${location?.split('/').at(-1)?.split('?')[0]}`;
  if (status !== 200) return String(status);
  if (!Array.isArray(body.data)) return JSON.stringify(describeOne(body));
  const isSorted = body.data.every(
    ({ publishedAt }: Json, n: number) => n === 0 || !(publishedAt > body.data[n - 1].publishedAt),
  );
  return printList(body.data.map(describeOne)) + (isSorted ? '' : ' out of order');
}

const printList = (described: Record<string, unknown>[]) =>
  JSON.stringify(described.toSorted((a, b) => (String(a.id) < String(b.id) ? -1 : 1)));

const namesOf = (rows: Json[] | null) => rows?.map(({ name }) => name);

/** Of an article, a section, an editor or a tag; what was not asked for is left out. */
function describeOne(row: Json): Record<string, unknown> {
  if (row.version === undefined) return { id: row.id, name: row.name, above: namesOf(row.breadcrumb ?? []) };
  const isText = typeof row.body === 'string';
  return {
    id: row.id,
    version: row.version,
    title: isText && !row.body.includes(row.title) ? `body of another version: ${row.body}` : row.title,
    section: 'section' in row ? namesOf(row.section?.breadcrumb ?? []) : undefined,
    tags: namesOf(row.tags ?? undefined),
    credits: namesOf(row.credits ?? undefined),
  };
}

const breadcrumb = ({ records }: State, id: string | null): Named[] => {
  const own = id === null ? undefined : records.get(id);
  return own === undefined ? [] : [...breadcrumb({ records } as State, own.parent), own];
};

const describeRecord = (state: State, record: Named, isSection: boolean) => ({
  id: record.id,
  name: record.name,
  above: isSection ? namesOf(breadcrumb(state, record.id)) : [],
});

function describeShowing({ state, contents }: View, id: string, { version }: Showing, fields?: readonly string[]) {
  const { title, section, tags, editors } = contents.get(`${id}:${version}`)!;
  const names = (ids: readonly string[]) => ids.map((each) => state.records.get(each)!.name);
  const whole = {
    id,
    version,
    title,
    section: namesOf(breadcrumb(state, section)),
    tags: names(tags),
    credits: names(editors),
  };
  if (fields === undefined) return whole;
  return Object.fromEntries(Object.entries(whole).filter(([name]) => name === 'id' || fields.includes(name)));
}

export const expectArticle =
  (id: string, fields?: readonly string[]) =>
  (view: View): string => {
    const story = view.state.stories.get(id);
    if (story === undefined) return absent;
    const shown = shownAt(story, view.instant);
    if (shown !== null) return JSON.stringify(describeShowing(view, id, shown, fields));
    return isGoneAt(story, view.instant.at) ? gone : absent;
  };

/** Of this run each slug has belonged to one article only. */
export const expectSlug =
  (slug: string) =>
  (view: View): string => {
    const { at } = view.instant;
    const hasHad = ({ showings }: Story) => showings.some((each) => each.slug === slug && each.from <= at);
    for (const [id, story] of view.state.stories) {
      if (!hasHad(story)) continue;
      const shown = shownAt(story, view.instant);
      if (shown === null) return isGoneAt(story, at) ? gone : absent;
      return shown.slug === slug ? JSON.stringify(describeShowing(view, id, shown)) : `301 ${shown.slug}`;
    }
    return absent;
  };

export type Filter = (content: Content, state: State) => boolean;

export const expectList =
  (filter: Filter, fields?: readonly string[]) =>
  (view: View): string => {
    const shown = [...view.state.stories].flatMap(([id, story]) => {
      const showing = shownAt(story, view.instant);
      if (showing === null || !filter(view.contents.get(`${id}:${showing.version}`)!, view.state)) return [];
      return [describeShowing(view, id, showing, fields)];
    });
    return printList(shown);
  };

export const inBranch =
  (id: string): Filter =>
  ({ section }, state) =>
    breadcrumb(state, section).some((above) => above.id === id);

export const expectRecord =
  (id: string, isSection = false) =>
  ({ state }: View): string =>
    JSON.stringify(describeRecord(state, state.records.get(id)!, isSection));

export const expectRecords =
  (ids: readonly string[], isSection = false) =>
  ({ state }: View): string =>
    printList(ids.map((id) => describeRecord(state, state.records.get(id)!, isSection)));
