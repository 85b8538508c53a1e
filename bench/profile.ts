// Where the program spent its time: the functions of a V8 CPU profile, and the packages they belong to, by the share of
// samples that found the program in them.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

type Frame = { readonly functionName: string; readonly url: string; readonly lineNumber: number };
export type CpuProfile = {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[];
  readonly samples: readonly number[];
};

const shownFunctions = 30;
const shownPlaces = 12;
const atRest = /^\((?:idle|root)\)$/;

/** Of a program that was loaded: what it did when it started is in it too, and little beside minutes of load. */
export function printProfile({ nodes, samples }: CpuProfile): string {
  const byId = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const frames = samples.map((id) => byId.get(id)!).filter(({ functionName }) => !atRest.test(functionName));
  const functions = countBy(frames, ({ functionName, url, lineNumber }) =>
    `${functionName || '(anonymous)'}  ${shorten(url)}${url && `:${lineNumber + 1}`}`.trim(),
  );
  const places = countBy(frames, placeOf);
  const print = (counts: readonly [string, number][], most: number) =>
    counts
      .slice(0, most)
      .map(([name, count]) => `${((100 * count) / frames.length).toFixed(1).padStart(6)} %  ${name}`);
  return ['by place', ...print(places, shownPlaces), 'by function', ...print(functions, shownFunctions)].join('\n');
}

function countBy(frames: readonly Frame[], nameOf: (frame: Frame) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const frame of frames) counts.set(nameOf(frame), (counts.get(nameOf(frame)) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

const shorten = (url: string) => url.replace(/^.*\/(?=node_modules\/|dist\/)/, '');

/** A package, a folder of ours, a module of Node, or what V8 itself does. */
function placeOf({ functionName, url }: Frame): string {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name !== undefined) return name;
  const [, folder] = /\/dist\/(.+)\/[^/]+$/.exec(url) ?? [];
  return folder === undefined ? url : `ours: ${folder}`;
}

/** Of each folder the one profile: threads of their own that help a process to start leave small ones beside it. */
export async function printProfiles(folder: string): Promise<string> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
  const largest = new Map<string, string>();
  for (const { parentPath, name } of files) {
    const text = await readFile(join(parentPath, name), 'utf8');
    if (text.length > (largest.get(parentPath)?.length ?? 0)) largest.set(parentPath, text);
  }
  return [...largest]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([path, text]) => `${relative(folder, path)}\n${printProfile(JSON.parse(text) as CpuProfile)}`)
    .join('\n\n');
}
