// A server that speaks SFTP for tests: SSH by the library, files in memory. Knows as much of the protocol as clients that bring files use, and can be told
// to misbehave.
import { generateKeyPairSync, hash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import {
  NodeStream,
  SshAuthenticationType,
  SshServerSession,
  SshSessionConfiguration,
} from '@microsoft/dev-tunnels-ssh';
import type { KeyPair } from '@microsoft/dev-tunnels-ssh';
import { importKey } from '@microsoft/dev-tunnels-ssh-keys';

export type SftpServer = {
  readonly port: number;
  readonly hostKey: string;
  readonly files: Map<string, Buffer>;
  /** Names in the order in which they were made and renamed. */
  readonly steps: string[];
  readonly close: () => Promise<void>;
};

export type SftpServerOptions = {
  readonly user: string;
  readonly password: string | null;
  readonly publicKey: KeyPair | null;
  /** False: an old server, which renames to nothing that is there. */
  readonly posixRename?: boolean;
  /** Files whose names match cannot be renamed to another name. */
  readonly fixed?: RegExp;
  /** Writes beyond so many bytes fail, as on a full disk. */
  readonly room?: number;
};

/** A key pair of the kind that every client of ours knows, and the private half as PEM. */
export const newKey = async (): Promise<{ readonly pair: KeyPair; readonly pem: string }> => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { pair: await importKey(pem), pem };
};

export const fingerprintOf = async (pair: KeyPair): Promise<string> => {
  const bytes = await pair.getPublicKeyBytes();
  return `SHA256:${hash('sha256', bytes ?? '', 'base64').replace(/=+$/, '')}`;
};

/** Listens on a free port of this machine. */
export const startSftpServer = async (options: SftpServerOptions): Promise<SftpServer> => {
  const host = await newKey();
  const files = new Map<string, Buffer>();
  const steps: string[] = [];
  const server: Server = createServer((socket) => {
    const config = new SshSessionConfiguration();
    const session = new SshServerSession(config);
    session.credentials.publicKeys.push(host.pair);
    session.onAuthenticating((asked) => {
      asked.authenticationPromise = isKnown(
        asked.authenticationType,
        asked.username,
        asked.password,
        asked.publicKey,
        options,
      ).then((known) => (known ? {} : null));
    });
    session.onChannelOpening(({ channel }) => {
      channel.onRequest((request) => {
        request.isAuthorized = request.requestType === 'subsystem';
      });
      serve(channel, files, steps, options);
    });
    socket.on('error', () => {});
    session.connect(new NodeStream(socket)).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    hostKey: await fingerprintOf(host.pair),
    files,
    steps,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};

const isKnown = async (
  type: SshAuthenticationType,
  user: string | null,
  password: string | null,
  key: KeyPair | null,
  options: SftpServerOptions,
): Promise<boolean> => {
  if (user !== options.user) return false;
  if (type === SshAuthenticationType.clientPassword) return options.password !== null && password === options.password;
  if (type !== SshAuthenticationType.clientPublicKey && type !== SshAuthenticationType.clientPublicKeyQuery)
    return false;
  return (
    key !== null &&
    options.publicKey !== null &&
    (await fingerprintOf(key)) === (await fingerprintOf(options.publicKey))
  );
};

type Channel = Parameters<Parameters<SshServerSession['onChannelOpening']>[0]>[0]['channel'];

const serve = (channel: Channel, files: Map<string, Buffer>, steps: string[], options: SftpServerOptions): void => {
  const open = new Map<string, string>();
  let gathered: Buffer = Buffer.alloc(0);
  const reply = (type: number, ...parts: readonly Buffer[]): void => {
    const body = Buffer.concat(parts);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(body.length + 1);
    head.writeUInt8(type, 4);
    void channel.send(Buffer.concat([head, body]));
  };
  const status = (id: Buffer, code: number): void => reply(101, id, u32(code), text(''), text(''));
  const handle = (type: number, body: Buffer): void => {
    if (type === 1)
      return reply(2, u32(3), ...(options.posixRename === false ? [] : [text('posix-rename@openssh.com'), text('1')]));
    const id = Buffer.from(body.subarray(0, 4));
    const read = reader(body.subarray(4));
    switch (type) {
      case 3: {
        const name = read.text().toString();
        if (files.has(name)) return status(id, 4);
        files.set(name, Buffer.alloc(0));
        steps.push(`create ${name}`);
        const key = `h${open.size}`;
        open.set(key, name);
        return reply(102, id, text(key));
      }
      case 6: {
        const name = open.get(read.text().toString()) ?? '';
        const offset = Number(read.u64());
        const bytes = read.text();
        const before = files.get(name) ?? Buffer.alloc(0);
        if (offset + bytes.length > (options.room ?? Number.POSITIVE_INFINITY)) return status(id, 4);
        const after = Buffer.alloc(Math.max(before.length, offset + bytes.length));
        before.copy(after);
        bytes.copy(after, offset);
        files.set(name, after);
        return status(id, 0);
      }
      case 4:
        return status(id, 0);
      case 13:
        return status(id, files.delete(read.text().toString()) ? 0 : 2);
      case 18:
      case 200: {
        if (type === 200) {
          const extension = read.text().toString();
          if (extension !== 'posix-rename@openssh.com' || options.posixRename === false) return status(id, 8);
        }
        const [from, to] = [read.text().toString(), read.text().toString()];
        const bytes = files.get(from);
        if (bytes === undefined || (type === 18 && files.has(to)) || options.fixed?.test(from) === true)
          return status(id, 4);
        files.delete(from);
        files.set(to, bytes);
        steps.push(`rename ${to}`);
        return status(id, 0);
      }
      default:
        return status(id, 8);
    }
  };
  channel.onDataReceived((bytes) => {
    gathered = Buffer.concat([gathered, bytes]);
    channel.adjustWindow(bytes.length);
    while (gathered.length >= 5 && gathered.length >= 4 + gathered.readUInt32BE(0)) {
      const length = gathered.readUInt32BE(0);
      handle(gathered.readUInt8(4), Buffer.from(gathered.subarray(5, 4 + length)));
      gathered = gathered.subarray(4 + length);
    }
  });
};

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(value)]);
const reader = (bytes: Buffer) => {
  let at = 0;
  return {
    text: (): Buffer => {
      const length = bytes.readUInt32BE(at);
      const value = bytes.subarray(at + 4, at + 4 + length);
      at += 4 + length;
      return value;
    },
    u64: (): bigint => {
      const value = bytes.readBigUInt64BE(at);
      at += 8;
      return value;
    },
  };
};
