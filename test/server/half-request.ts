// A request that is running for as long as the test wants it to.
import { createConnection } from 'node:net';

/** Opens a request, sends half of it, and answers how to send the rest and what came back. */
export function openRequest(server: { readonly port: number }, key: string) {
  const body = JSON.stringify({ title: '半' });
  const socket = createConnection({ host: '127.0.0.1', port: server.port });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => {});
  const answer = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
  const head =
    `POST /v1/articles HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n` +
    `Expect: 100-continue\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  socket.write(head);
  // The server has said "go on": the request is running.
  const running = new Promise<void>((resolve) => socket.once('data', () => resolve()));
  return { running, answer, finish: () => socket.write(body) };
}
