// The terminal that the program was started on, which may be gone before the program is.
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

const terminals = [0, 1, 2].filter((stream) => isatty(stream));

/** Asked at the start: one that was closed is none any more. */
export const hasTerminal = terminals.length > 0;

/** Node puts a terminal back to how it found it, and aborts where that cannot be done; what is closed it leaves alone. */
export function closeLostTerminal(): void {
  process.on('exit', () => {
    for (const stream of terminals) if (!isatty(stream)) closeSync(stream);
  });
}
