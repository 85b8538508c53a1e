// The documents of a set as published articles, dated when they appeared, and their texts for the floors.
import { prepareTexts } from './floors/database.ts';
import { type KeptIndex, provideIndex } from './kept-index.ts';
import { type Document, type SetName, sources, type TestSet } from './sets.ts';

// Old enough not to be fresh; a moment apart, so that there is one order by time.
const longAgo = Date.UTC(2020, 0, 1);
const dateOf = ({ day }: Document, n: number) => new Date((day === null ? longAgo : Date.parse(day)) + n);
const titleLengthMax = 300;

export function provideSet(
  serverUrl: string,
  name: SetName,
  { documents }: TestSet,
  isFresh: boolean,
): Promise<KeptIndex> {
  const dated = documents.map((document, n) => ({ ...document, at: dateOf(document, n) }));
  return provideIndex({
    serverUrl,
    name: `search_${name}`,
    dependsOn: ['kept-set.ts', 'sets.ts', 'floors/database.ts']
      .map((file) => new URL(file, import.meta.url).pathname)
      .concat(sources[name].files.filter((file) => !file.includes('queries') && !file.includes('qrels'))),
    isFresh,
    stories: async () =>
      dated.map(({ id, title, body, at }) => ({
        name: id,
        title: title.slice(0, titleLengthMax) || '-',
        body,
        at,
        refers: null,
      })),
    complete: (client) => prepareTexts(client, dated),
  });
}
