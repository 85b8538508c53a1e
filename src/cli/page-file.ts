// Reads a page's file, or says in words why it cannot be read and what to do.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

type Explain = (file: string) => string;

const absent: Explain = (file) => `There is no file "${file}" (${resolve(file)}). Check the path.`;
const notAllowed: Explain = (file) => `"${file}" may not be read by this user. Change its permissions, or copy it.`;
const explanations: Readonly<Record<string, Explain>> = {
  ENOENT: absent,
  ENOTDIR: absent,
  EISDIR: (file) => `"${file}" is a folder. Name one page, a file of text in it.`,
  EACCES: notAllowed,
  EPERM: notAllowed,
};

export async function readPageFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const explanation = explanations[code]?.(file) ?? `"${file}" cannot be read: ${message}. Name another file.`;
    throw new Error(explanation, { cause });
  }
}
