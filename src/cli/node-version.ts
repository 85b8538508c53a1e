// The Node that Masthead supports (package.json, `engines`). On an older one it starts all the same.
import type { Logger } from 'pino';

const needed = [22, 12] as const;

export function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > needed[0] || (major === needed[0] && minor >= needed[1]);
}

export function warnOfOldNode(log: Logger, version = process.versions.node): void {
  if (isSupported(version)) return;
  log.warn({ node: version }, `this version of Node is not supported; update to ${needed.join('.')} or newer`);
}
