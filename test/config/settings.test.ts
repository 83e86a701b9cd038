// The table of settings: precedence, every kind of value, secrets, unknown names, unsafe combinations, the dump and the reference page.
import assert from 'node:assert/strict';
import { resolve as absolute } from 'node:path';
import { test } from 'node:test';
import { limits } from '#base/limits.ts';
import {
  resolveSettings,
  settingRows,
  settingsReference,
  showSettings,
  variableOf,
  type ResolvedSettings,
  type SettingSources,
} from '#config/settings.ts';
import { trustOf } from '#http/peer.ts';
import { golden } from '../golden.ts';

const none: SettingSources = { flags: {}, environment: {}, file: null, readSecret: () => null };
const file = (text: string) => ({ name: 'bindeledd.yaml', text });

const resolve = (sources: Partial<SettingSources>): ResolvedSettings => {
  const result = resolveSettings({ ...none, ...sources });
  if (!result.ok) assert.fail(result.problem.detail);
  return result.value;
};
const refused = (sources: Partial<SettingSources>): string => {
  const result = resolveSettings({ ...none, ...sources });
  return result.ok ? assert.fail('was taken') : `${result.problem.code} ${result.problem.detail}`;
};

const portFrom = (sources: Partial<SettingSources>): string => {
  const { settings: values, origins } = resolve(sources);
  return `${values.port} ${origins.port}`;
};

test('a flag wins over the environment, the environment over the file, the file over the default', () => {
  const flags = { port: '1' };
  const environment = { BINDELEDD_PORT: '2' };
  const settings = file('port: 3\n');
  assert.equal(portFrom({ flags, environment, file: settings }), '1 flag');
  assert.equal(portFrom({ environment, file: settings }), '2 environment BINDELEDD_PORT');
  assert.equal(portFrom({ file: settings }), '3 file bindeledd.yaml');
  assert.equal(portFrom({}), '8080 default');
  assert.equal(portFrom({ environment: { BINDELEDD_PORT: '' }, file: file('port:\n') }), '8080 default');
  assert.equal(portFrom({ file: file('') }), '8080 default');
});

test('every kind of value is read from text and refused with what it takes', () => {
  const { settings } = resolve({
    file: file(
      'removal_guard: 0.2\nextra_back_links: no\nmetrics: everyone\npublic_url: https://hub.test/base/\ndrain_seconds: 0\n',
    ),
  });
  assert.deepEqual(
    [settings.removalGuard, settings.extraBackLinks, settings.metrics, settings.publicUrl, settings.drainSeconds],
    [0.2, false, 'everyone', 'https://hub.test/base', 0],
  );
  const bad: readonly (readonly [string, string])[] = [
    ['BINDELEDD_PORT', '65536'],
    ['BINDELEDD_PORT', '-1'],
    ['BINDELEDD_PORT', '1e3'],
    ['BINDELEDD_REMOVAL_GUARD', '1.01'],
    ['BINDELEDD_REMOVAL_GUARD', '5%'],
    ['BINDELEDD_EXTRA_BACK_LINKS', 'maybe'],
    ['BINDELEDD_METRICS', 'Everyone'],
    ['BINDELEDD_PUBLIC_URL', 'hub.test'],
    ['BINDELEDD_PUBLIC_URL', 'ftp://hub.test'],
    ['BINDELEDD_PUBLIC_URL', 'https://hub.test/?a'],
    ['BINDELEDD_PUBLIC_URL', 'https://user:pass@hub.test'],
    ['BINDELEDD_HOST', 'a b'],
    ['BINDELEDD_LOG_LEVEL', 'loud'],
    ['BINDELEDD_SECURITY_CONTACT', 'someone'],
    ['BINDELEDD_RUN_EXPIRY_MINUTES', '0'],
    ['BINDELEDD_MODEL', 'model/one,'],
  ];
  for (const [name, value] of bad)
    assert.match(refused({ environment: { [name]: value } }), /^HUB-700 .*takes .*, not "/, `${name}=${value}`);
});

test('cursors of events are good for a day to ten years', () => {
  const days = (text: string) =>
    resolve({ environment: { BINDELEDD_EVENT_RETENTION_DAYS: text } }).settings.eventRetentionDays;
  const most = limits.eventRetentionDaysAtMost;
  assert.equal(resolve({}).settings.eventRetentionDays, 400);
  assert.deepEqual([days('1'), days(`${most}`), most], [1, most, 3_650]);
  for (const text of ['0', `${most + 1}`, '1.5'])
    assert.match(
      refused({ environment: { BINDELEDD_EVENT_RETENTION_DAYS: text } }),
      /^HUB-700 .*takes .*, not "/,
      text,
    );
});

test('one or several directories of a model, each made absolute', () => {
  const model = (text: string) => resolve({ environment: { BINDELEDD_MODEL: text } }).settings.model;
  assert.deepEqual(model('one'), [absolute('one')]);
  assert.deepEqual(model('one, /two/x'), [absolute('one'), absolute('/two/x')]);
  assert.equal(resolve({}).settings.model, null);
});

test('unknown names stop the start and name the nearest, wherever they stand', () => {
  assert.equal(
    refused({ environment: { BINDELEDD_PROT: '1' } }),
    'HUB-701 BINDELEDD_PROT: is no setting; did you mean BINDELEDD_PORT.',
  );
  assert.equal(
    refused({ file: file('publicUrl: x') }),
    'HUB-701 publicUrl (bindeledd.yaml): is no setting; did you mean public_url.',
  );
  assert.match(refused({ file: file('__proto__: x') }), /^HUB-701/);
  assert.match(refused({ file: file('constructor: x') }), /^HUB-701/);
  assert.equal(resolve({ environment: { BINDELEDD_CONFIG: 'x.yaml', PATH: '/bin' } }).settings.port, 8080);
});

test('everything wrong is said at once', () => {
  const result = resolveSettings({
    ...none,
    flags: { port: 'x' },
    environment: { BINDELEDD_X: '1' },
    file: file('metrics: some\n'),
  });
  assert.equal(result.ok, false);
  assert.equal(!result.ok && result.problem.errors?.length, 3);
  assert.equal(!result.ok && result.problem.code, 'HUB-700');
});

test('a file that is no map of names and values is refused', () => {
  for (const text of ['- a\n', 'a: b: c\n', 'port: 1\nport: 2\n', 'port: [1]\n', 'just text\n', 'port: {a: 1}\n'])
    assert.match(refused({ file: file(text) }), /^HUB-70[01] /, text);
});

test('secrets come from the environment or a file, never from the settings file, and are never shown', () => {
  const secret = 'planted-secret-1234';
  const readSecret = (path: string): string | null => (path === '/run/secret' ? `${secret}\n` : null);
  const fromFile = resolve({ environment: { BINDELEDD_CLIENT_SECRET_FILE: '/run/secret' }, readSecret });
  assert.equal(fromFile.settings.clientSecret, secret);
  assert.equal(fromFile.origins.clientSecret, 'environment BINDELEDD_CLIENT_SECRET_FILE');
  assert.equal(resolve({ environment: { BINDELEDD_CLIENT_SECRET: secret } }).settings.clientSecret, secret);
  assert.doesNotMatch(JSON.stringify(showSettings(fromFile)), /planted/);
  assert.match(refused({ environment: { BINDELEDD_CLIENT_SECRET_FILE: '/nowhere' } }), /cannot be read or is empty/);
  assert.match(
    refused({
      environment: { BINDELEDD_CLIENT_SECRET: secret, BINDELEDD_CLIENT_SECRET_FILE: '/run/secret' },
      readSecret,
    }),
    /given twice/,
  );
  assert.match(refused({ file: file(`client_secret: ${secret}\n`) }), /is a secret/);
  const broken = refused({ environment: { BINDELEDD_TOKEN: `${secret}\n${secret}` } });
  assert.doesNotMatch(broken, /planted/);
  assert.match(refused({ environment: { BINDELEDD_PORT_FILE: 'x' } }), /^HUB-701/);
  for (const [key, row] of settingRows) if (row.secret) assert.equal(row.flag, null, key);
});

test('the address of a database: its forms, where it may stand, and that its password is never shown', () => {
  const from = (text: string): string | null =>
    resolve({ environment: { BINDELEDD_DATABASE_URL: text } }).settings.databaseUrl;
  for (const text of [
    'postgres://hub@db.test/bindeledd',
    'postgresql://hub:p%40ss@one.test:5432,two.test:5433/bindeledd?sslmode=verify-full',
    'postgres:///bindeledd?host=/run/postgresql',
    'postgres://hub@[2001:db8::1]:5432/bindeledd',
  ])
    assert.equal(from(text), text);
  for (const text of [
    'mysql://hub@db.test/x',
    'postgres://db.test',
    'postgres://db.test/',
    'postgres://one,/x',
    'db.test/x',
  ]) {
    const message = refused({ environment: { BINDELEDD_DATABASE_URL: text } });
    assert.match(message, /^HUB-700 database_url: takes postgres:/, text);
    assert.doesNotMatch(message, /db\.test|one,/, text);
  }
  const secret = 'postgres://hub:planted@db.test:5432/bindeledd?sslpassword=planted&sslmode=require';
  const shown = showSettings(resolve({ environment: { BINDELEDD_DATABASE_URL: secret } }));
  assert.equal(
    shown.find(({ name }) => name === 'database_url')?.value,
    'postgres://hub:********@db.test:5432/bindeledd?sslpassword=********&sslmode=require',
  );
  for (const sources of [{ flags: { databaseUrl: secret } }, { file: file(`database_url: ${secret}\n`) }]) {
    assert.match(
      refused(sources),
      /holds a password: give it in BINDELEDD_DATABASE_URL_FILE or BINDELEDD_DATABASE_URL/,
    );
    assert.doesNotMatch(refused(sources), /planted/);
  }
  assert.doesNotMatch(refused({ environment: { DATABASE_URL: 'planted://x:planted@y' } }), /planted/);
  const readSecret = (): string => `${secret}\n`;
  assert.equal(
    resolve({ environment: { BINDELEDD_DATABASE_URL_FILE: '/run/x' }, readSecret }).settings.databaseUrl,
    secret,
  );
});

const database = (sources: Partial<SettingSources>): string => {
  const { settings: values, origins } = resolve(sources);
  return `${values.databaseUrl} ${origins.databaseUrl}`;
};

test('where the database comes from: what is named in the command wins, what others set for everybody comes last', () => {
  const [common, ours, flag] = ['postgres://common/x', 'postgres://ours/x', 'postgres://flag/x'];
  const everywhere = { DATABASE_URL: common, BINDELEDD_DATABASE_URL: ours };
  assert.equal(database({ flags: { databaseUrl: flag }, environment: everywhere }), `${flag} flag`);
  assert.equal(database({ environment: everywhere }), `${ours} environment BINDELEDD_DATABASE_URL`);
  assert.equal(database({ environment: { DATABASE_URL: common } }), `${common} environment DATABASE_URL`);
  assert.equal(database({ flags: { data: 'here' }, environment: everywhere }), 'null default');
  assert.equal(database({ flags: { data: 'here' }, file: file(`database_url: ${ours}`) }), 'null default');
  assert.match(
    refused({ flags: { data: 'here', databaseUrl: flag } }),
    /^HUB-700 database_url: and data are two places/,
  );
});

test('several processes need a database', () => {
  assert.match(refused({ flags: { workers: '2' } }), /^HUB-700 workers: must be 1/);
  assert.equal(resolve({ flags: { workers: '4', databaseUrl: 'postgres://db.test/x' } }).settings.workers, 4);
});

test('combinations that would run and be wrong stop the start in production only', () => {
  assert.match(refused({ flags: { publicUrl: 'http://hub.test' } }), /must be https in production/);
  assert.match(refused({ flags: { host: '0.0.0.0' } }), /must be set in production/);
  const local = 'http://localhost:8080';
  assert.match(refused({ flags: { publicUrl: local, host: '0.0.0.0' } }), /host: must be this machine in production/);
  const sandbox = { environment: 'sandbox', publicUrl: 'http://hub.test', host: '0.0.0.0' };
  assert.equal(resolve({ flags: sandbox }).settings.host, '0.0.0.0');
  assert.equal(resolve({ flags: { publicUrl: local } }).settings.publicUrl, local);
  assert.equal(resolve({ flags: { publicUrl: 'https://hub.test', host: '0.0.0.0' } }).settings.host, '0.0.0.0');
});

test('every row has words in both languages, a variable of its own and a default of its kind', () => {
  const variables = new Set([...settingRows.keys()].map(variableOf));
  assert.equal(variables.size, settingRows.size);
  for (const [key, row] of settingRows) {
    assert.match(row.nb, /\.$/, key);
    assert.match(row.en, /\.$/, key);
    if (row.default !== null) assert.deepEqual(row.kind.read(String(row.default)), row.default, key);
  }
});

test('the dump and the reference page', () => {
  const resolved = resolve({
    flags: { data: '/var/lib/bindeledd', port: '9000' },
    environment: { BINDELEDD_CLIENT_SECRET: 'planted', BINDELEDD_CLIENT_ID: 'client-1' },
    file: file('public_url: https://hub.test\n'),
  });
  golden('config/dump.json', `${JSON.stringify({ settings: showSettings(resolved) }, null, 2)}\n`);
  golden('config/reference.md', `${settingsReference()}\n`);
});

test('proxies are named by addresses and networks, up to a hundred, and may be none', () => {
  const proxies = (text: string): readonly string[] =>
    resolve({ flags: { trustedProxies: text } }).settings.trustedProxies;
  assert.deepEqual(resolve({}).settings.trustedProxies, ['127.0.0.0/8', '::1']);
  assert.deepEqual(proxies('none'), []);
  assert.deepEqual(proxies('10.0.0.0/8, 2001:db8::/32,192.0.2.7'), ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7']);
  assert.deepEqual(proxies('0.0.0.0/0,::/128,::/0'), ['0.0.0.0/0', '::/128', '::/0']);
  const many = Array.from({ length: 101 }, (_, at) => `10.0.0.${at}`);
  assert.equal(proxies(many.slice(1).join(',')).length, 100);
  for (const text of [
    many.join(','),
    '',
    ',',
    '10.0.0.0/33',
    '::/129',
    '10.0.0/8',
    '10.0.0.256',
    'proxy.test',
    '10.0.0.1/',
    '10.0.0.1/-1',
    'none,::1',
  ])
    assert.match(refused({ flags: { trustedProxies: text } }), /^HUB-700 .*takes IP addresses and networks/, text);
  for (const text of ['10.0.0.0/8,2001:db8::/32', '0.0.0.0/0,::/0']) assert.ok(trustOf(proxies(text))('10.9.9.9'));
  assert.equal(trustOf(proxies('none'))('127.0.0.1'), false);
});

test('a mail server is named with TLS, and goes with the address that letters are from', () => {
  const from = { BINDELEDD_SMTP_FROM: 'hub@example.org' };
  const server = (url: string): unknown =>
    resolve({ environment: { ...from, BINDELEDD_SMTP_URL: url } }).settings.smtpUrl;
  const login = { user: 'hub', password: 'p@ss' };
  assert.deepEqual(server('smtps://hub:p%40ss@mail.example.org'), {
    host: 'mail.example.org',
    port: 465,
    secure: true,
    plain: false,
    login,
  });
  assert.deepEqual(server('smtp://mail.example.org'), {
    host: 'mail.example.org',
    port: 587,
    secure: false,
    plain: false,
    login: null,
  });
  // Only this machine may do without TLS.
  assert.deepEqual(server('smtp://127.0.0.1:1025/'), {
    host: '127.0.0.1',
    port: 1_025,
    secure: false,
    plain: true,
    login: null,
  });
  for (const url of [
    'mail.example.org',
    'http://mail.example.org',
    'smtp://hub@mail.example.org',
    'smtp://mail.example.org/inbox',
    'smtp://mail.example.org?tls=no',
    'smtp://a:%zz@mail.example.org',
  ])
    assert.match(refused({ environment: { ...from, BINDELEDD_SMTP_URL: url } }), /^HUB-700 .*smtp_url: takes smtps:/);
  assert.match(refused({ environment: from }), /smtp_from: and smtp_url go together/);
  assert.match(refused({ environment: { BINDELEDD_SMTP_URL: 'smtp://localhost' } }), /smtp_from/);
  for (const address of [
    'hub',
    'hub@example',
    'Hub <hub@example.org>',
    'hub@example.org\r\nBcc: x@y.no',
    'a@b.no,c@d.no',
  ])
    assert.match(refused({ environment: { BINDELEDD_SMTP_FROM: address } }), /smtp_from: takes an e-mail address/);
  const shown = showSettings(
    resolve({ environment: { ...from, BINDELEDD_SMTP_URL: 'smtp://a:hush@mail.example.org' } }),
  );
  assert.equal(JSON.stringify(shown).includes('hush'), false);
});

test('days of reminders are a few numbers or none, and webhooks lead to this machine in a sandbox alone', () => {
  const days = (text: string): unknown => resolve({ flags: { reminderDays: text } }).settings.reminderDays;
  assert.deepEqual([days('90, 1'), days('800'), days('none')], [[90, 1], [800], []]);
  assert.deepEqual(days('1,2,3,4,5,6,7,8,9,10'), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const text of ['', '0', '801', '1.5', '7,7', '1,2,3,4,5,6,7,8,9,10,11', 'week'])
    assert.match(refused({ flags: { reminderDays: text } }), /reminder_days: takes up to ten/, text);
  const loopback = { webhooksToLoopback: 'true' } as const;
  assert.equal(resolve({ flags: { ...loopback, environment: 'sandbox' } }).settings.webhooksToLoopback, true);
  for (const environment of ['test', 'production'])
    assert.match(
      refused({ flags: { ...loopback, environment } }),
      /webhooks_to_loopback: is for the environment sandbox/,
    );
});
