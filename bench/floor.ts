// The floor: a bare node:http server that sends the bytes of one answer, head and body, and does nothing else. Run as a process of its own by
// processes.ts; what the hub costs is told as a multiple of what this costs.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [, , file = '', port = '0'] = process.argv;
const bytes = readFileSync(file);
// Flat list of names and values.
const head: string[] = JSON.parse(readFileSync(`${file}.head`, 'utf8'));
createServer((_request, response) => {
  response.writeHead(200, head);
  response.end(bytes);
}).listen(Number(port), '127.0.0.1', () => process.send?.('ready'));
