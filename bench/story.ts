// The seed's story as a client writes it, and what the floors of writes need to know of it.
import type { Started } from './processes.ts';
import { ask, type Stage } from './stage.ts';

/** The whole story in Markdown, under a title of its own each time (`{n}`). */
export async function describeStory({ client, putAnswer }: Stage, ours: Started): Promise<string> {
  const path = '/v1/articles?sort=publishedAt&limit=1&body=';
  const read = async (form: string) =>
    (JSON.parse(await ask(ours, 'GET', path + form)) as { data: { body: { blocks?: object[]; markdown?: string } }[] })
      .data[0]!.body;
  const { rows } = await client.query<{ section: string; source: string; editor: string }>(
    `select (select id from section where slug = 'bench-1') as section,
       (select id from source where slug = 'wen-hua-shi-jie') as source,
       (select id from editor where slug = 'liu-ying-ying') as editor`,
  );
  await putAnswer('given', JSON.stringify({ ...rows[0], blocks: JSON.stringify((await read('blocks')).blocks) }));
  const credits = [{ role: 'responsible_editor', editor: 'liu-ying-ying' }];
  const refers = { section: 'bench-1', source: 'wen-hua-shi-jie', credits };
  return JSON.stringify({ title: '青岛再开放 {n}', ...refers, body: await read('markdown') });
}
