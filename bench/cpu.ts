// Processor time of processes, from Linux's /proc (proc(5)): user and system, in milliseconds, in steps of 10.
import { readdirSync, readFileSync } from 'node:fs';

// USER_HZ: 100 on every Linux that Node runs on.
const msPerTick = 10;

type Stat = { readonly parent: number; readonly own: number; readonly ofDead: number };

function readStat(pid: number): Stat | null {
  try {
    // The name, in parentheses, may hold spaces; what follows it does not.
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [user = 0, system = 0, userOfDead = 0, systemOfDead = 0] = fields.slice(11, 15);
    return { parent: fields[1] ?? 0, own: user + system, ofDead: userOfDead + systemOfDead };
  } catch {
    return null;
  }
}

/** With children: also those that have ended meanwhile, which their parent accounts for. */
export function readCpuMs(pid: number, reach?: 'and children'): number {
  const stat = readStat(pid);
  if (stat === null) throw new Error(`process ${pid} is gone`);
  if (reach === undefined) return stat.own * msPerTick;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)) ?? [])
    .filter(({ parent }) => parent === pid);
  const ticks = children.reduce((sum, child) => sum + child.own + child.ofDead, stat.own + stat.ofDead);
  return ticks * msPerTick;
}

export function parentOf(pid: number): number {
  return readStat(pid)?.parent ?? 0;
}
