// npx tsx scripts/problems.ts: writes docs/problems.md from the table of problem codes.
import { type ProblemCode, problemKinds } from '../src/core/problem-kinds.ts';
import { putGenerated } from './support/generated.ts';

const command = 'npx tsx scripts/problems.ts';

const introduction = `# Problems

<!-- Generated: ${command} -->

Every error is answered as \`application/problem+json\` (RFC 9457). \`code\` is what a program should look at: it keeps
its meaning for ever. \`type\` is \`urn:masthead:problem:<code>\`, \`detail\` says what was wrong with this request, and
\`errors\` points at each fault: \`/title\` is a place in the body (RFC 6901), \`?limit\` a query parameter
(\`?fields.0\` the first of its values), \`:id\` a part of the address, \`!If-Match\` a header. \`requestId\` is the answer's \`X-Request-Id\`; give it when you report a problem.`;

const codes = Object.keys(problemKinds).sort() as ProblemCode[];
const groups = [...new Set(codes.map((code) => groupOf(code)))];

function groupOf(code: ProblemCode): string {
  return code.slice(0, code.indexOf('.'));
}

function printGroup(group: string): string {
  const rows = codes.filter((code) => groupOf(code) === group).map(printRow);
  return [`## ${group}`, '', '| code | status | title | what to do |', '|---|---|---|---|', ...rows].join('\n');
}

function printRow(code: ProblemCode): string {
  const { status, title, advice } = problemKinds[code];
  return `| \`${code}\` | ${status} | ${title} | ${advice} |`;
}

const page = `${[introduction, ...groups.map(printGroup)].join('\n\n')}\n`;
putGenerated(new Map([['docs/problems.md', page]]), command);
