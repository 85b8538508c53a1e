// Fails when a generated file that is committed differs from what would be generated now.
import { readFile } from 'node:fs/promises';
import { buildDocument } from '../src/openapi.ts';

const committed = await readFile('openapi/openapi.json', 'utf8').catch(() => '');
const fresh = `${JSON.stringify(await buildDocument(), null, 2)}\n`;
if (committed !== fresh) {
  process.stderr.write('openapi/openapi.json is stale: run `npm run openapi`.\n');
  process.exitCode = 1;
}
