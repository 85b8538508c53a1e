// One form of a text for everything that is compared: width, case and script (Traditional to Simplified) do not count.
import { Converter, type ConverterFunction } from 'opencc-js/t2cn';

// Made when it is first wanted: it takes 20 ms.
let convert: ConverterFunction | undefined;
function toSimplified(text: string): string {
  convert ??= Converter({ from: 't', to: 'cn' });
  return convert!(text);
}

// What is no text (control characters, halves of surrogate pairs) parts words like a blank.
const unreadable = /[\p{Cc}\p{Cs}]/gu;

export function fold(text: string): string {
  return toSimplified(text.toWellFormed().replace(unreadable, ' ').normalize('NFKC').toLowerCase()).replace(
    /\s+/gu,
    ' ',
  );
}
