// API keys: `mh_<prefix>_<secret><checksum>`. Only the SHA-256 digest is kept. The checksum lets a mistyped key be
// told from a foreign one, and a leaked one be recognised by scanners.
import { randomInt, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { sha256 } from '../../core/hash.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const prefixLength = 8;
// 32 characters of 62 are 190 bits.
const secretLength = 32;
// 62^6 > 2^32, so six characters hold a CRC-32.
const checksumLength = 6;
const keyForm = new RegExp(`^mh_([0-9A-Za-z]{${prefixLength}})_([0-9A-Za-z]{${secretLength + checksumLength}})$`);

export type NewKey = { readonly key: string; readonly prefix: string; readonly digest: Buffer };

export function createKey(): NewKey {
  const prefix = randomText(prefixLength);
  const body = `mh_${prefix}_${randomText(secretLength)}`;
  const key = body + checksum(body);
  return { key, prefix, digest: digestKey(key) };
}

/** A key chosen by the operator. Its public prefix comes from the digest, since the text may have any form. */
export function adoptKey(key: string): NewKey {
  const digest = digestKey(key);
  return { key, prefix: prefixOf(key) ?? digest.toString('hex').slice(0, prefixLength), digest };
}

/** The public part of a text that has the form of one of our keys. */
export function prefixOf(key: string): string | null {
  return keyForm.exec(key)?.[1] ?? null;
}

export function digestKey(key: string): Buffer {
  return sha256(key);
}

/** True for a text that has the form of one of our keys but not its checksum. (An operator's own key has any form.) */
export function looksMistyped(key: string): boolean {
  return keyForm.test(key) && checksum(key.slice(0, -checksumLength)) !== key.slice(-checksumLength);
}

export function sameDigest(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** A secret that is part of an address: whoever has the address may use it. Its digest is found like a key's. */
export function createLinkToken(): { readonly token: string; readonly digest: Buffer } {
  const token = `mhl_${randomText(secretLength)}`;
  return { token, digest: digestKey(token) };
}

// Also with its underscore in percent form.
const secretForm = /mhl?(?:_|%5f)[0-9a-z_%]{4,}/gi;

/** The text with our secrets cut out, wherever in it they stand. */
export function maskSecrets(text: string): string {
  return text.replaceAll(secretForm, '***');
}

function randomText(length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let i = 0; i < checksumLength; i += 1) {
    text = alphabet[rest % alphabet.length] + text;
    rest = Math.floor(rest / alphabet.length);
  }
  return text;
}
