// Brings files to an SFTP server. Made by targets.ts; SSH is the library's, the little of SFTP that it takes is in sftp-session.ts.
import { hash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import {
  CommandRequestMessage,
  NodeStream,
  SshAuthenticationType,
  SshClientSession,
  SshSessionConfiguration,
  type KeyPair,
} from '@microsoft/dev-tunnels-ssh';
import { importKey } from '@microsoft/dev-tunnels-ssh-keys';
import { problem } from '#base/errors.ts';
import type { Random } from '#base/random.ts';
import type { DeliveryTarget } from '../export.ts';
import { openSftp, SftpRefusal, type SftpChannel } from './sftp-session.ts';
import { wholeOf } from './whole-content.ts';

export type SftpPlace = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** `SHA256:…` of the server's key. */
  readonly hostKey: string;
  readonly path: string;
  /** One of the two; read when it is needed, so that a secret can be changed. The key is PEM. */
  readonly password: () => string | null;
  readonly key: () => string | null;
};

// A server that says nothing for so long has failed.
const silenceMs = 60_000;
// What one packet carries, and how many may be under way: servers take 32 kilobytes for sure.
const writeBytes = 32_768;
const writesAtOnce = 32;

/** Writes beside the file and renames. No other server than the one with the key is given anything, the secret included. Fails with HUB-422; rejects with the error of the connection. */
export const deliverBySftp =
  (place: SftpPlace, random: Pick<Random, 'uuid'>): DeliveryTarget['deliver'] =>
  async (content, fileName, signal) => {
    const socket = await openSocket(place, signal);
    const session = new SshClientSession(new SshSessionConfiguration());
    const stop = (): void => void socket.destroy(new Error('The delivery was stopped.'));
    signal.addEventListener('abort', stop, { once: true });
    try {
      const refusal = await authenticate(session, socket, place);
      if (refusal !== null) return refused(refusal);
      const channel = await session.openChannel('session');
      const sftp = await openSftp(channelOf(channel, await startSubsystem(channel)));
      const [unfinished, file] = [`.${fileName}.${random.uuid()}`, fileName].map((name) => `${place.path}/${name}`);
      if (unfinished === undefined || file === undefined) throw new Error('unreachable');
      const handle = await sftp.create(unfinished);
      try {
        await writeAll(wholeOf(content), (offset, bytes) => sftp.write(handle, offset, bytes));
        await sftp.close(handle);
        await sftp.replace(unfinished, file);
      } catch (error) {
        await sftp.remove(unfinished).catch(() => {});
        throw error;
      }
      return { ok: true, value: null };
    } catch (error) {
      if (error instanceof SftpRefusal) return refused(error.message);
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      session.dispose();
      socket.destroy();
    }
  };

const refused = (detail: string) => ({ ok: false, problem: problem('HUB-422', detail) }) as const;

const openSocket = ({ host, port }: SftpPlace, signal: AbortSignal): Promise<Socket> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connect({ host, port });
    socket.setTimeout(silenceMs, () => socket.destroy(new Error('The server did not answer in time.')));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      // What happens later is told by the session.
      socket.on('error', () => {});
      resolve(socket);
    });
  });

/** Null when both know each other; otherwise why not. */
const authenticate = async (
  session: SshClientSession,
  socket: Socket,
  { user, hostKey, password, key }: SftpPlace,
): Promise<string | null> => {
  session.onAuthenticating((asked) => {
    if (asked.authenticationType === SshAuthenticationType.serverPublicKey)
      asked.authenticationPromise = fingerprintOf(asked.publicKey).then((found) => (found === hostKey ? {} : null));
  });
  await session.connect(new NodeStream(socket));
  if (!(await session.authenticateServer())) return 'The server has another key than the one that is expected.';
  const [secret, pem] = [password(), key()];
  const isKnown = await session.authenticateClient({
    username: user,
    ...(pem === null ? {} : { publicKeys: [await importKey(pem)] }),
    ...(secret === null ? {} : { password: secret }),
  });
  return isKnown ? null : 'The server does not accept the user.';
};

const fingerprintOf = async (key: KeyPair | null): Promise<string | null> => {
  const bytes = await key?.getPublicKeyBytes();
  return bytes === undefined || bytes === null ? null : `SHA256:${hash('sha256', bytes, 'base64').replace(/=+$/, '')}`;
};

type Channel = Awaited<ReturnType<SshClientSession['openChannel']>>;

/** What comes before anybody listens, kept. */
const startSubsystem = async (channel: Channel): Promise<Buffer[]> => {
  const early: Buffer[] = [];
  const listening = channel.onDataReceived((bytes) => {
    early.push(Buffer.from(bytes));
    channel.adjustWindow(bytes.length);
  });
  // The form of the message is that of a command.
  const request = new CommandRequestMessage();
  request.requestType = 'subsystem';
  request.command = 'sftp';
  const isStarted = await channel.request(request);
  listening.dispose();
  if (!isStarted) throw new SftpRefusal('begin SFTP', 8);
  return early;
};

const channelOf = (channel: Channel, early: readonly Buffer[]): SftpChannel => ({
  send: (bytes) => channel.send(bytes),
  onData: (take) => {
    for (const bytes of early) take(bytes);
    channel.onDataReceived((bytes) => {
      take(Buffer.from(bytes));
      channel.adjustWindow(bytes.length);
    });
  },
  onEnd: (ended) => void channel.onClosed(ended),
});

/** Some writes are under way at any time: a server far away would else be waited for after each. */
const writeAll = async (
  content: AsyncIterable<Buffer>,
  write: (offset: number, bytes: Buffer) => Promise<void>,
): Promise<void> => {
  const underWay = new Set<Promise<void>>();
  let offset = 0;
  for await (const bytes of content) {
    for (let from = 0; from < bytes.length; from += writeBytes) {
      const some = bytes.subarray(from, from + writeBytes);
      const written = write(offset, some).then(() => void underWay.delete(written));
      // Told by the wait below.
      written.catch(() => {});
      underWay.add(written);
      offset += some.length;
      if (underWay.size >= writesAtOnce) await Promise.race(underWay);
    }
  }
  await Promise.all(underWay);
};
