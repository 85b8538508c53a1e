// Reads Prometheus' text format (0.0.4) and refuses whatever a scraper might: a line of no form, a sample without its
// type, the same series twice, a counter that is not one, a histogram whose buckets do not add up.

export type Sample = {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};
export type Scrape = {
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
  /** The sum of the samples of that name that have these labels. */
  value(name: string, labels?: Record<string, string>): number;
};

const helpForm = /^# HELP ([a-zA-Z_:][\w:]*) (?:[^\\\n]|\\[\\n])+$/;
const typeForm = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary|untyped)$/;
const sampleForm = /^([a-zA-Z_:][\w:]*)(?:\{(.+)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|Nan)$/;
const labelForm = /([a-zA-Z_]\w*)="((?:[^"\\]|\\[\\"n])*)"(?:,|$)/y;

export function parseScrape(text: string): Scrape {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const samples: Sample[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const help = helpForm.exec(line)?.[1];
    const type = typeForm.exec(line);
    if (help !== undefined) addOnce(helped, help);
    else if (type !== null) {
      if (types.has(type[1]!)) throw new Error(`two types of ${type[1]}`);
      types.set(type[1]!, type[2]!);
    } else samples.push(parseSample(line));
  }
  checkFamilies(types, helped, samples);
  const fits = (sample: Sample, name: string, labels: Record<string, string>) =>
    sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
  return {
    types,
    samples,
    value: (name, labels = {}) =>
      samples.filter((sample) => fits(sample, name, labels)).reduce((sum, { value }) => sum + value, 0),
  };
}

function parseSample(line: string): Sample {
  const match = sampleForm.exec(line);
  if (match === null) throw new Error(`no line of the format: ${line}`);
  const [, name = '', inner = '', value = ''] = match;
  const labels: Record<string, string> = {};
  labelForm.lastIndex = 0;
  for (let at = 0; at < inner.length; at = labelForm.lastIndex) {
    const label = labelForm.exec(inner);
    if (label === null || labels[label[1]!] !== undefined) throw new Error(`labels of no form: ${line}`);
    labels[label[1]!] = label[2]!;
  }
  const infinities: Record<string, number> = { '+Inf': Infinity, '-Inf': -Infinity, Nan: Number.NaN };
  return { name, labels, value: infinities[value] ?? Number(value) };
}

const keyOf = ({ name, labels }: Sample) => `${name}${JSON.stringify(Object.entries(labels).sort())}`;

function checkFamilies(types: ReadonlyMap<string, string>, helped: ReadonlySet<string>, samples: Sample[]): void {
  const seen = new Set<string>();
  for (const sample of samples) {
    addOnce(seen, keyOf(sample));
    const family = familyOf(sample.name, types);
    if (family === undefined || !helped.has(family)) throw new Error(`${sample.name} has no type or no help`);
    const type = types.get(family);
    if (type !== 'gauge' && !(sample.value >= 0)) throw new Error(`${keyOf(sample)} is ${sample.value}`);
    if (type === 'histogram' && sample.name === `${family}_count`) checkBuckets(family, sample, samples);
  }
}

function familyOf(name: string, types: ReadonlyMap<string, string>): string | undefined {
  if (types.has(name)) return name;
  const family = name.replace(/_(?:bucket|sum|count)$/, '');
  return ['histogram', 'summary'].includes(types.get(family) ?? '') ? family : undefined;
}

/** The bounds rise, so do the counts, and the last bucket holds them all. */
function checkBuckets(family: string, count: Sample, samples: readonly Sample[]): void {
  const isOfSeries = ({ le, ...labels }: Sample['labels']) =>
    le !== undefined && keyOf({ ...count, labels }) === keyOf(count);
  const buckets = samples.filter(({ name, labels }) => name === `${family}_bucket` && isOfSeries(labels));
  const bounds = buckets.map(({ labels }) => (labels.le === '+Inf' ? Infinity : Number(labels.le)));
  const isRising = (numbers: readonly number[]) => numbers.every((number, i) => i === 0 || number >= numbers[i - 1]!);
  const isWhole = bounds.at(-1) === Infinity && buckets.at(-1)?.value === count.value;
  if (!isWhole || !isRising(bounds) || !isRising(buckets.map(({ value }) => value)))
    throw new Error(`the buckets of ${keyOf(count)} do not add up`);
}

function addOnce(set: Set<string>, key: string): void {
  if (set.has(key)) throw new Error(`twice: ${key}`);
  set.add(key);
}
