// The table of our own metrics, from the head lines of a scrape.

export function printMetrics(scrape: string): string {
  const types = new Map([...scrape.matchAll(/^# TYPE (masthead_\w+) (\w+)$/gm)].map((match) => [match[1], match[2]]));
  const rows = [...scrape.matchAll(/^# HELP (masthead_\w+) (.+)$/gm)].map(
    ([, name, help]) => `| \`${name}\` | ${types.get(name)} | ${help} |`,
  );
  return ['| metric | type | meaning |', '|---|---|---|', ...rows].join('\n');
}
