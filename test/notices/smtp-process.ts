// A mail server in a process of its own, for tests: says its port in the first line, and then each letter that it was given, a line of JSON each. Run with the port's
// manner as JSON: { secure, starttls, key, cert, user, password, refuse }.
import { SMTPServer } from 'smtp-server';

type Manner = {
  /** TLS from the first byte. */
  readonly secure: boolean;
  readonly starttls: boolean;
  readonly key: string;
  readonly cert: string;
  readonly login: { readonly user: string; readonly password: string } | null;
  /** Addressees that are not there. */
  readonly unknown: readonly string[];
  /** Answers every letter so: 0 = takes it. */
  readonly status: number;
};

const manner: Manner = JSON.parse(process.argv[2] ?? '{}');
const { secure, starttls, key, cert, login, unknown, status } = manner;

const failure = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code });

const server = new SMTPServer({
  secure,
  key,
  cert,
  hideSTARTTLS: !starttls,
  disabledCommands: [...(starttls || secure ? [] : ['STARTTLS']), ...(login === null ? ['AUTH'] : [])],
  authOptional: login === null,
  onAuth: ({ username, password }, _session, done) =>
    username === login?.user && password === login?.password
      ? done(null, { user: username })
      : done(failure(535, 'no')),
  onRcptTo: ({ address }, _session, done) => (unknown.includes(address) ? done(failure(550, 'no such user')) : done()),
  onData: (stream, session, done) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      if (status !== 0) return done(failure(status, 'not now'));
      const { mailFrom, rcptTo } = session.envelope;
      process.stdout.write(
        `${JSON.stringify({
          from: mailFrom === false ? null : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          raw: Buffer.concat(chunks).toString(),
        })}\n`,
      );
      return done();
    });
  },
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => {
  const address = server.server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
process.stdin.resume();
// Whoever started it is gone.
process.stdin.on('end', () => process.exit(0));
