import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodePageText } from '../../../../src/channels/imports/page-text/decode.ts';
import { Problem } from '../../../../src/core/problems.ts';

const seed = readFileSync('prisma/seed/qingdao-two-sessions.txt');
const text = seed.toString('utf8');
// “中文新闻，2020年。” with its bytes written out, since no encoder for GB18030 comes with the runtime.
const gbBytes = Buffer.from('d6d0cec4d0c2cec5a3ac32303230c4eaa1a3', 'hex');

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('decodePageText', () => {
  it('reads UTF-8 with and without a byte order mark, which is no part of the text', () => {
    expect(decodePageText(seed)).toBe(text);
    expect(decodePageText(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), seed]))).toBe(text);
  });

  it('reads UTF-16 of either byte order with a mark', () => {
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    expect(decodePageText(little)).toBe(text);
    expect(decodePageText(Buffer.from(little).swap16())).toBe(text);
  });

  it('reads GB18030', () => {
    expect(decodePageText(gbBytes)).toBe('中文新闻，2020年。');
  });

  it('valid UTF-8 wins over GB18030', () => {
    expect(decodePageText(Buffer.from('联通'))).toBe('联通');
    expect(decodePageText(Buffer.from('café'))).toBe('café');
  });

  it.each([
    ['a NUL', Buffer.from('青岛\0')],
    ['a NUL behind a byte order mark', Buffer.from('\ufeff青\0', 'utf16le')],
    ['a control character', Buffer.from('青岛\x1b[0m')],
    ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['a ZIP without NULs', Buffer.from('504b0304140208086d9f3aa5e1d2c3f4', 'hex')],
    [
      'noise',
      Buffer.from(Array.from({ length: 4000 }, (_, index) => 33 + ((index * 7919 + ((index * index) >> 3)) % 222))),
    ],
    ['Latin-1', Buffer.from('Les r\xe9sultats de l\xe9tude sont tr\xe8s int\xe9ressants', 'latin1')],
    ['Shift JIS', Buffer.from('93fa967b8cea82cc8365834c8358836782c582b7', 'hex')],
    ['Big5', Buffer.from('a4a4a4e5b773bb44a141aba5a5ccb9f3a141b3a1a9da', 'hex')],
    ['broken UTF-8', Buffer.concat([seed.subarray(0, 1000), Buffer.from([0xff, 0xfe]), seed.subarray(1000)])],
    ['cut UTF-8 behind a mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), seed.subarray(0, 1)])],
    ['half a UTF-16 unit', Buffer.from([0xff, 0xfe, 0x41])],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le')],
    ['UTF-32', Buffer.from('fffe00004e2d0000', 'hex')],
  ])('refuses %s', (_, bytes) => expect(codeOf(() => decodePageText(bytes))).toBe('import.not_text'));

  const hasIconv = canRunIconv();
  it.skipIf(!hasIconv)('reads the seed in GB18030 and refuses Korean in EUC-KR (needs iconv)', () => {
    const convert = (to: string, input: string) => execFileSync('iconv', ['-f', 'UTF-8', '-t', to], { input });
    expect(decodePageText(convert('GB18030', text))).toBe(text);
    const korean = '대한민국 정부는 오늘 새로운 경제 정책을 발표했다 '.repeat(30);
    expect(codeOf(() => decodePageText(convert('EUC-KR', korean)))).toBe('import.not_text');
  });
});

function canRunIconv(): boolean {
  try {
    execFileSync('iconv', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
