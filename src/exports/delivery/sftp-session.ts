// What of SFTP (version 3) bringing a file takes: open, write, close, rename, remove, over a channel that somebody else has opened. Used by sftp.ts. The
// protocol is that of draft-ietf-secsh-filexfer-02, which servers speak to this day.

/** The bytes of a channel. `send` resolves when they may be forgotten. */
export type SftpChannel = {
  readonly send: (bytes: Buffer) => Promise<void>;
  readonly onData: (take: (bytes: Buffer) => void) => void;
  readonly onEnd: (ended: () => void) => void;
};

export type SftpSession = {
  /** A handle to a new file. */
  readonly create: (path: string) => Promise<Buffer>;
  readonly write: (handle: Buffer, offset: number, bytes: Buffer) => Promise<void>;
  readonly close: (handle: Buffer) => Promise<void>;
  /** Takes the place of a file that is there. */
  readonly replace: (from: string, to: string) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
};

/** The server refused; `status` is its code. What it says besides is not repeated: it may hold anything. */
export class SftpRefusal extends Error {
  readonly status: number;

  constructor(what: string, status: number) {
    super(`The server refused to ${what} (${statuses[status] ?? `status ${status}`}).`);
    this.status = status;
  }
}

const statuses: Readonly<Record<number, string>> = {
  1: 'end of file',
  2: 'no such file or folder',
  3: 'permission denied',
  4: 'failure',
  5: 'bad message',
  6: 'no connection',
  7: 'connection lost',
  8: 'not supported',
};

const packet = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  write: 6,
  remove: 13,
  rename: 18,
  status: 101,
  handle: 102,
  extended: 200,
} as const;
// Write, create, truncate; refused when it is there.
const newFile = 0x02 | 0x08 | 0x20;
const withPermissions = 0x04;
// Longer than any answer that is asked for here.
const longestAnswer = 262_144;
const posixRename = 'posix-rename@openssh.com';

type Answer = { readonly type: number; readonly body: Buffer };

/** Begins the protocol. Rejects when the server speaks no SFTP, or the channel ends. */
export const openSftp = async (channel: SftpChannel): Promise<SftpSession> => {
  const waiting = new Map<
    number,
    { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void }
  >();
  // The answer to the very first packet carries no number.
  const versionKey = -1;
  let gathered: Buffer = Buffer.alloc(0);
  let asked = 0;
  let failure: Error | null = null;

  const fail = (error: Error): void => {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };

  const take = (bytes: Buffer): void => {
    gathered = gathered.length === 0 ? bytes : Buffer.concat([gathered, bytes]);
    while (gathered.length >= 5) {
      const length = gathered.readUInt32BE(0);
      if (length < 1 || length > longestAnswer) return fail(new Error('The server does not speak SFTP.'));
      if (gathered.length < 4 + length) return;
      const type = gathered.readUInt8(4);
      const body = gathered.subarray(5, 4 + length);
      gathered = gathered.subarray(4 + length);
      const key = type === packet.version || body.length < 4 ? versionKey : body.readUInt32BE(0);
      waiting.get(key)?.resolve({ type, body: key === versionKey ? body : body.subarray(4) });
      waiting.delete(key);
    }
  };
  channel.onData(take);
  channel.onEnd(() => fail(new Error('The server has ended the connection.')));

  const send = async (key: number, type: number, parts: readonly Buffer[]): Promise<Answer> => {
    if (failure !== null) throw failure;
    const answer = new Promise<Answer>((resolve, reject) => waiting.set(key, { resolve, reject }));
    // Told by the wait below.
    answer.catch(() => {});
    const head = Buffer.alloc(5);
    head.writeUInt32BE(1 + parts.reduce((sum, part) => sum + part.length, 0));
    head.writeUInt8(type, 4);
    await channel.send(Buffer.concat([head, ...parts]));
    return answer;
  };

  const ask = (type: number, ...parts: readonly Buffer[]): Promise<Answer> => {
    asked += 1;
    return send(asked, type, [number(asked), ...parts]);
  };

  const done = async (what: string, type: number, ...parts: readonly Buffer[]): Promise<void> => {
    const { type: answered, body } = await ask(type, ...parts);
    const status = answered === packet.status && body.length >= 4 ? body.readUInt32BE(0) : 5;
    if (status !== 0) throw new SftpRefusal(what, status);
  };

  const greeting = await send(versionKey, packet.init, [number(3)]);
  if (greeting.type !== packet.version) throw new Error('The server does not speak SFTP.');
  const replacesAtOnce = greeting.body.includes(posixRename);

  const rename = (from: string, to: string): Promise<void> =>
    done('put the file in its place', packet.rename, text(from), text(to));
  const remove: SftpSession['remove'] = (path) => done('remove the file', packet.remove, text(path));

  return {
    create: async (path) => {
      const permissions = Buffer.concat([number(withPermissions), number(0o640)]);
      const { type, body } = await ask(packet.open, text(path), number(newFile), permissions);
      if (type === packet.handle && body.length >= 4) return Buffer.from(body.subarray(4, 4 + body.readUInt32BE(0)));
      throw new SftpRefusal('make the file', type === packet.status && body.length >= 4 ? body.readUInt32BE(0) : 5);
    },
    write: (handle, offset, bytes) => {
      const place = Buffer.alloc(8);
      place.writeBigUInt64BE(BigInt(offset));
      return done('write the file', packet.write, text(handle), place, text(bytes));
    },
    close: (handle) => done('close the file', packet.close, text(handle)),
    replace: async (from, to) => {
      if (replacesAtOnce)
        return done('put the file in its place', packet.extended, text(posixRename), text(from), text(to));
      // The old protocol renames to nothing that is there: the old file steps aside, and back when the new one cannot take its place.
      const aside = `${from}.old`;
      const isAside = await rename(to, aside).then(
        () => true,
        (error: unknown) => {
          if (error instanceof SftpRefusal) return false;
          throw error;
        },
      );
      try {
        await rename(from, to);
      } catch (error) {
        if (isAside) await rename(aside, to).catch(() => {});
        throw error;
      }
      if (isAside) await remove(aside);
    },
    remove,
  };
};

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const text = (value: string | Buffer): Buffer => {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([number(bytes.length), bytes]);
};
