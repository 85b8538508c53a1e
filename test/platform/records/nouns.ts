// The four nouns that are records, and what each has of its own.

export type Noun = {
  readonly noun: 'section' | 'editor' | 'source' | 'tag';
  readonly plural: string;
  /** Fields of its own that can be cleared, with a value and what is read where there is none. */
  readonly own: Readonly<Record<string, { readonly value: string; readonly other: string }>>;
  readonly defaultSort: string;
};

export const nouns: readonly Noun[] = [
  {
    noun: 'section',
    plural: 'sections',
    own: { description: { value: '产业与经济。', other: '公司与市场。' } },
    defaultSort: 'position',
  },
  {
    noun: 'editor',
    plural: 'editors',
    own: { jobTitle: { value: '首席记者', other: '编辑' }, bio: { value: '二十年。', other: '三十年。' } },
    defaultSort: 'name',
  },
  {
    noun: 'source',
    plural: 'sources',
    own: { url: { value: 'https://a.example/', other: 'https://b.example/' } },
    defaultSort: 'name',
  },
  { noun: 'tag', plural: 'tags', own: {}, defaultSort: 'name' },
];

export const valuesOf = ({ own }: Noun) =>
  Object.fromEntries(Object.entries(own).map(([field, { value }]) => [field, value]));
export const othersOf = ({ own }: Noun) =>
  Object.fromEntries(Object.entries(own).map(([field, { other }]) => [field, other]));
export const nullsOf = ({ own }: Noun) => Object.fromEntries(Object.keys(own).map((field) => [field, null]));
