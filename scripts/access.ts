// npx tsx scripts/access.ts: writes docs/access.md, the role × route matrix, from the routes' declarations and the table
// of grants, so that a change of who may do what is a line in a diff.
import { buildUnservedApp } from '../src/openapi.ts';
import { listDeclarations } from '../src/platform/http/declaration.ts';
import { listAccess, printAccess } from './support/access-matrix.ts';
import { putGenerated } from './support/generated.ts';

const app = await buildUnservedApp();
const page = printAccess(listAccess(listDeclarations(app)));
await app.close();
putGenerated(new Map([['docs/access.md', page]]), 'npx tsx scripts/access.ts');
