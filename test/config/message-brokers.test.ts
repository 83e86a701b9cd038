// The operator's file of brokers: what is in it, and how mistakes in it are named, never with a secret.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMessageBrokers } from '#config/message-brokers.ts';

const read = (text: string) => readMessageBrokers(text, '/etc/hub');

const broker = (more = ''): string =>
  `brokers: [{ name: mq, organisations: [x.test], host: mq.x.test, user: hub, passwordFile: mq.password, exchange: fs${more} }]`;

test('a broker is one for each organisation that may use it, by TLS unless it is here', () => {
  const found = read(`
brokers:
  - name: mq
    organisations: [x.test, y.test]
    host: mq.x.test
    user: hub
    passwordFile: secrets/mq.password
    exchange: fs
  - name: here
    organisations: [x.test]
    host: 127.0.0.1
    port: 5672
    tls: false
    vhost: fs
    user: hub
    passwordFile: /run/password
    caFile: ca.pem
    exchange: changes
`);
  assert.ok(found.ok);
  const first = {
    name: 'mq',
    host: 'mq.x.test',
    port: 5671,
    tls: true,
    vhost: '/',
    user: 'hub',
    passwordFile: '/etc/hub/secrets/mq.password',
    caFile: null,
    exchange: 'fs',
  };
  assert.deepEqual(found.value, [
    { ...first, organisation: 'x.test' },
    { ...first, organisation: 'y.test' },
    {
      name: 'here',
      organisation: 'x.test',
      host: '127.0.0.1',
      port: 5672,
      tls: false,
      vhost: 'fs',
      user: 'hub',
      passwordFile: '/run/password',
      caFile: '/etc/hub/ca.pem',
      exchange: 'changes',
    },
  ]);
});

const mistakes: readonly (readonly [string, string, RegExp])[] = [
  ['no list', 'brokers: 1', /a list named brokers/],
  ['no YAML', 'brokers: [', /is not YAML/],
  ['no object', 'brokers: [1]', /number 1: is no object/],
  ['a bad name', broker().replace('name: mq', 'name: M Q'), /name takes/],
  ['no organisation', broker().replace('[x.test]', '[]'), /organisations names/],
  ['a strange organisation', broker().replace('x.test]', '"../x"]'), /organisations names/],
  ['a password', broker(', password: hemmelig'), /password is not known/],
  ['no exchange', broker().replace(', exchange: fs', ''), /are needed/],
  ['a host with a port', broker().replace('host: mq.x.test', 'host: "mq.x.test/x"'), /host takes/],
  ['no TLS to elsewhere', broker(', tls: false'), /on this machine/],
  ['a bad tls', broker(', tls: sometimes'), /tls takes/],
  ['a port too high', broker(', port: 65536'), /port takes/],
  ['a port too low', broker(', port: 0'), /port takes/],
  ['two of one name', `${broker().slice(0, -1)}, ${broker().slice('brokers: ['.length)}`, /mq stands twice/],
];
for (const [what, text, message] of mistakes)
  test(`${what} is named`, () => {
    const found = read(text);
    assert.ok(!found.ok);
    assert.equal(found.problem.code, 'HUB-701');
    assert.match(found.problem.detail, message);
    assert.doesNotMatch(JSON.stringify(found.problem), /hemmelig/);
  });
