// What the public reads after every event of the log, worked out apart from the product and with other means: a showing
// keeps the end it was given, and whatever begins later outshines it. Instants are epoch milliseconds; "never" is Infinity.

export type Showing = {
  readonly id: string;
  readonly version: number;
  readonly slug: string;
  readonly from: number;
  readonly until: number;
};
type Retraction = { readonly at: number; readonly undoneAt: number };
export type Story = { readonly showings: readonly Showing[]; readonly retractions: readonly Retraction[] };

/** What a version says, as the write that made it was answered. */
export type Content = {
  readonly title: string;
  readonly section: string | null;
  readonly tags: readonly string[];
  readonly editors: readonly string[];
};
export type Named = {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly parent: string | null;
};

export type State = {
  /** Of the last event that it knows. */
  readonly position: number;
  readonly stories: ReadonlyMap<string, Story>;
  /** Sections, editors and tags, by id. */
  readonly records: ReadonlyMap<string, Named>;
};

export type LoggedEvent = {
  readonly position: number;
  readonly type: string;
  readonly subjectId: string;
  readonly recordedAt: Date;
  readonly payload: Readonly<Record<string, unknown>>;
};

export const never = Number.POSITIVE_INFINITY;
export const nothing: State = { position: 0, stories: new Map(), records: new Map() };
const unheard: Story = { showings: [], retractions: [] };

/** `record`: what a section, editor or tag is from this event on. */
export function follow(state: State, event: LoggedEvent, record: Named | undefined): State {
  const { position, type, subjectId } = event;
  if (record !== undefined) {
    return { ...state, position, records: new Map(state.records).set(subjectId, record) };
  }
  const act = acts[type];
  if (act === undefined) return { ...state, position };
  const next = act(state.stories.get(subjectId) ?? unheard, event.payload, event.recordedAt.getTime());
  return { ...state, position, stories: new Map(state.stories).set(subjectId, next) };
}

type Act = (story: Story, payload: LoggedEvent['payload'], recordedAt: number) => Story;

const instant = (value: unknown) => (typeof value === 'string' ? Date.parse(value) : never);

const show = (story: Story, told: LoggedEvent['payload']): Story => {
  const id = told.publicationId as string | undefined;
  // The log tells again of what was scheduled when it begins; and a reinstated article need not be shown.
  if (id === undefined || story.showings.some((showing) => showing.id === id)) return story;
  const showing = {
    id,
    version: told.version as number,
    slug: told.slug as string,
    from: instant(told.visibleFrom),
    until: instant(told.visibleUntil),
  };
  return { ...story, showings: [...story.showings, showing].sort((a, b) => a.from - b.from) };
};

/** A corrected version lasts as long as the one it corrects would have. */
const correct: Act = (story, told) => {
  const { until } = showingAt(story, instant(told.visibleFrom)) ?? { until: never };
  return show(story, { ...told, visibleUntil: until === never ? null : new Date(until).toISOString() });
};

const endNamed: Act = (story, told) => ({
  ...story,
  showings: story.showings.map((showing) =>
    showing.id === told.publicationId ? { ...showing, until: instant(told.visibleUntil) } : showing,
  ),
});

/** It may have ended long before. */
const retract: Act = (story, told, recordedAt) => {
  const at = Math.max(instant(told.visibleUntil), recordedAt);
  const last = showingAt(story, at - 1);
  const cut = ({ until, ...showing }: Showing) => ({ ...showing, until: Math.min(until, at) });
  const showings = story.showings.map((showing) => (showing === last ? cut(showing) : showing));
  return { showings, retractions: [...story.retractions, { at, undoneAt: never }] };
};

/** What had an end that has come is not shown again. */
const reinstate: Act = (story, told, recordedAt) => {
  const undoneAt = told.visibleFrom === undefined ? recordedAt : instant(told.visibleFrom);
  const retractions = story.retractions.map((each) => (each.undoneAt === never ? { ...each, undoneAt } : each));
  return show({ ...story, retractions }, told);
};

const callOff: Act = (story, told) => ({
  ...story,
  showings: story.showings.filter(({ id }) => id !== told.publicationId),
});

const acts: Readonly<Record<string, Act>> = {
  'article.scheduled': show,
  'article.published': show,
  'article.updated': show,
  'article.corrected': correct,
  'article.unscheduled': callOff,
  'article.unpublished': endNamed,
  'article.expiry_set': endNamed,
  'article.retracted': retract,
  'article.reinstated': reinstate,
};

/** The newest that has begun by then, whether or not it has ended. */
const showingAt = ({ showings }: Story, at: number) => showings.findLast(({ from }) => from <= at);

/** `isPast`: asked later about that instant; what is retracted now was never there. */
export type Instant = { readonly at: number; readonly isPast: boolean };

export function shownAt(story: Story, { at, isPast }: Instant): Showing | null {
  if (isPast && story.retractions.some(({ undoneAt }) => undoneAt === never)) return null;
  const showing = showingAt(story, at);
  return showing !== undefined && at < showing.until ? showing : null;
}

/** Whether a notice stands in its place. */
export function isGoneAt({ showings, retractions }: Story, at: number): boolean {
  const wasShown = (until: number) =>
    showings.some((showing) => showing.from <= at && until <= showing.until && at < until);
  return retractions.some(
    (retraction) =>
      (retraction.undoneAt === never || (retraction.at <= at && at < retraction.undoneAt)) &&
      (retraction.at <= at ? showings.some(({ from }) => from <= at) : wasShown(at + 1)),
  );
}

/** When the clock changes what is shown, after an instant. Only the newest of all may begin or end then. */
export function* turnsWithin({ stories }: State, after: number): Generator<number> {
  for (const { showings, retractions } of stories.values()) {
    const turns = [
      ...showings.slice(-4).flatMap(({ from, until }) => [from, until]),
      ...retractions.slice(-2).flatMap(({ at, undoneAt }) => [at, undoneAt]),
    ];
    for (const turn of turns) if (after < turn && turn < never) yield turn;
  }
}
