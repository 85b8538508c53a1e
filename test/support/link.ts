// A link to the database that can be cut without anybody being told: what is sent is lost, and no connection ends.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type Link = {
  /** The database, by way of this link. */
  readonly url: string;
  cut(): void;
  /** Connections that are opened from now on are whole; those that were cut stay so. */
  mend(): void;
  close(): Promise<void>;
};

type Line = { readonly ends: readonly [Socket, Socket]; isCut: boolean };

export async function openLink(databaseUrl: string): Promise<Link> {
  const target = new URL(databaseUrl);
  const lines = new Set<Line>();
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port || 5432), target.hostname);
    const line: Line = { ends: [near, far], isCut };
    lines.add(line);
    const forward = (from: Socket, to: Socket) => {
      from.on('data', (bytes) => void (line.isCut || to.write(bytes)));
      from.on('error', () => undefined);
      from.on('close', () => void (line.isCut || to.destroy()));
    };
    forward(near, far);
    forward(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(databaseUrl);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    cut() {
      isCut = true;
      for (const line of lines) line.isCut = true;
    },
    mend() {
      isCut = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const { ends } of lines) for (const end of ends) end.destroy();
      }),
  };
}
