// Puts what was measured between its marks into the page about search.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { putBetween } from '../report.ts';

const page = fileURLToPath(new URL('../../docs/search.md', import.meta.url));

export async function putOnPage(place: 'quality' | 'latency', text: string): Promise<void> {
  await writeFile(page, putBetween(await readFile(page, 'utf8'), place, text));
}
