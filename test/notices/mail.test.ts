// Letters over SMTP, handed to a real server in a process of its own: encrypted, to one addressee, in both languages; what cannot stand in a header is refused before
// anything is said, and what a server refuses is told by its number alone.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Message } from '#notices/channel.ts';
import { createMailCarrier, type MailServer } from '#notices/mail.ts';
import { selfSigned } from '../exports/delivery/https-server.ts';
import { startMailServer } from './mail-server.ts';

const certified = selfSigned();
const { certificate } = certified;
const login = { user: 'hub', password: 'p@ss word' };

const start = (context: TestContext, manner: object): ReturnType<typeof startMailServer> =>
  startMailServer(context, certified, manner);

const message: Message = {
  id: 'change.hybelboer-goes.announced.subscription-1',
  at: Date.parse('2026-11-22T11:00:00Z'),
  type: 'change.announced',
  subject: 'FINT: Brytende endring, tidligst 2028-03-31 / Breaking change',
  text: 'Feltet «hybelboer» blir borte.\n\nThe field hybelboer goes.\n',
  json: '{}',
};

const never = new AbortController().signal;

const send = async (
  context: TestContext,
  server: Partial<MailServer> & { readonly port: number },
  to: { readonly address: string; readonly name?: string | null },
  what: Message = message,
): Promise<object> => {
  const carrier = createMailCarrier(
    { host: 'localhost', secure: false, plain: false, login: null, ca: certificate, ...server },
    'hub@example.org',
  );
  context.after(carrier.close);
  return carrier.send({ kind: 'email', name: null, ...to }, what, never);
};

test('a letter comes over TLS, from the first byte or asked for, with its texts and by the id of its delivery', async (context) => {
  for (const secure of [true, false]) {
    const { port, letters } = await start(context, { secure, login });
    const to = { address: 'drift@vendor.no', name: 'Åse Drift' };
    assert.deepEqual(await send(context, { port, secure, login }, to), { kind: 'sent' });
    const [letter] = letters;
    assert.ok(letter !== undefined && letters.length === 1);
    assert.deepEqual([letter.from, letter.to, letter.secure], ['hub@example.org', ['drift@vendor.no'], true]);
    const [head = '', body = ''] = letter.raw.split('\r\n\r\n', 2);
    assert.match(head, /^Message-ID: <change\.hybelboer-goes\.announced\.subscription-1@example\.org>$/m);
    assert.match(head, /^Auto-Submitted: auto-generated$/m);
    assert.match(head, /^Date: Sun, 22 Nov 2026 11:00:00 \+0000$/m);
    assert.match(head, /^Content-Type: text\/plain; charset=utf-8$/m);
    assert.match(body, /=C2=ABhybelboer=C2=BB/);
  }
});

test('nothing is said to a server that has no TLS, unless it is this machine; nor to one that nobody vouches for', async (context) => {
  const bare = await start(context, { starttls: false });
  const refused = await send(context, { port: bare.port }, { address: 'drift@vendor.no' });
  assert.deepEqual(refused, { kind: 'failed', why: 'The mail server answered 500.' });
  assert.equal(bare.letters.length, 0);
  assert.deepEqual(await send(context, { port: bare.port, plain: true }, { address: 'drift@vendor.no' }), {
    kind: 'sent',
  });
  assert.equal(bare.letters[0]?.secure, false);

  const stranger = await start(context, { secure: true });
  const other = selfSigned().certificate;
  const unknown = await send(context, { port: stranger.port, secure: true, ca: other }, { address: 'drift@vendor.no' });
  assert.equal('kind' in unknown && unknown.kind, 'failed');
  assert.deepEqual(stranger.letters, []);
});

test('who is not there is not tried again; what the server cannot do now is', async (context) => {
  const { port } = await start(context, { unknown: ['nobody@vendor.no'] });
  assert.deepEqual(await send(context, { port }, { address: 'nobody@vendor.no' }), {
    kind: 'refused',
    why: 'The mail server answered 550.',
  });
  for (const status of [451, 552]) {
    const full = await start(context, { status });
    assert.deepEqual(await send(context, { port: full.port }, { address: 'drift@vendor.no' }), {
      kind: 'failed',
      why: `The mail server answered ${status}.`,
    });
  }
  const wrong = await start(context, { login: { user: 'hub', password: 'another' } });
  assert.deepEqual(await send(context, { port: wrong.port, login }, { address: 'drift@vendor.no' }), {
    kind: 'failed',
    why: 'The mail server answered 535.',
  });
  const gone = await send(context, { port: 1 }, { address: 'drift@vendor.no' });
  assert.deepEqual(gone, { kind: 'failed', why: 'The mail server could not be used: ESOCKET.' });
});

test('what would begin another header or name another addressee is refused, and the server hears nothing', async (context) => {
  const { port, letters } = await start(context, {});
  const to = { address: 'drift@vendor.no' };
  for (const bad of [
    { address: 'drift@vendor.no\r\nBcc: all@vendor.no' },
    { address: 'drift@vendor.no, all@vendor.no' },
    { address: 'Drift <drift@vendor.no>' },
    { ...to, name: 'Drift\r\nBcc: all@vendor.no' },
    { ...to, name: 'Drift\u2028Bcc: all@vendor.no' },
  ])
    assert.equal(((await send(context, { port }, bad)) as { kind: string }).kind, 'refused');
  const subject = `${message.subject}\r\nBcc: all@vendor.no`;
  assert.equal(((await send(context, { port }, to, { ...message, subject })) as { kind: string }).kind, 'refused');
  assert.equal(letters.length, 0);
  // A name with what means something in headers is a name.
  assert.deepEqual(await send(context, { port }, { ...to, name: 'Drift, "IT" <x@y.no>' }), { kind: 'sent' });
  assert.deepEqual(letters[0]?.to, ['drift@vendor.no']);
  assert.match(letters[0]?.raw ?? '', /^To: "Drift, \\"IT\\" <x@y\.no>" <drift@vendor\.no>$/m);
});
