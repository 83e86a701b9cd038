// The operator's file of delivery targets: what it takes, and that each mistake is named without telling what the file holds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDeliveryTargets } from '#config/delivery-targets.ts';

const read = (text: string) => readDeliveryTargets(text, '/etc/hub');
const sftp = `
    kind: sftp
    organisations: [elvebyen.test]
    host: sftp.lms.test
    user: elvebyen
    keyFile: keys/lms.pem
    hostKey: "SHA256:${'A'.repeat(43)}"`;

test('folders, web servers and SFTP servers are read, with paths from where the file stands', () => {
  const found = read(`
targets:
  - name: mappe
    kind: folder
    organisations: [elvebyen.test, fjordheim.test]
    path: out/{organisation}
  - name: web
    kind: https
    organisations: [elvebyen.test]
    url: https://lms.test/inn/
    tokenFile: /run/secrets/token
  - name: sftp${sftp}
`);
  assert.ok(found.ok);
  const [one, other, web, server] = found.value;
  const folder = { name: 'mappe', kind: 'folder' };
  assert.deepEqual(one, { ...folder, organisation: 'elvebyen.test', path: '/etc/hub/out/elvebyen.test' });
  assert.deepEqual(other, { ...folder, organisation: 'fjordheim.test', path: '/etc/hub/out/fjordheim.test' });
  assert.ok(web?.kind === 'https' && web.tokenFile === '/run/secrets/token' && web.user === null);
  assert.ok(
    server?.kind === 'sftp' && server.port === 22 && server.path === '.' && server.keyFile === '/etc/hub/keys/lms.pem',
  );
});

const mistakes: readonly (readonly [string, string, RegExp])[] = [
  ['no list', 'targets: 1', /a list named targets/],
  ['no YAML', 'targets: [', /is not YAML/],
  ['no object', 'targets: [1]', /number 1: is no object/],
  ['no kind', 'targets: [{ name: a, organisations: [x.test] }]', /a: kind is/],
  ['no organisations', 'targets: [{ name: a, kind: folder, path: x, organisations: [] }]', /a: organisations/],
  ['a bad name', 'targets: [{ name: A B, kind: folder, path: x, organisations: [x.test] }]', /name takes/],
  [
    'an unknown member',
    'targets: [{ name: a, kind: folder, path: x, organisations: [x.test], password: hemmelig }]',
    /password is not known/,
  ],
  ['no path', 'targets: [{ name: a, kind: folder, organisations: [x.test] }]', /path is missing/],
  [
    'plain http',
    'targets: [{ name: a, kind: https, url: "http://x.test/", organisations: [x.test] }]',
    /an https address/,
  ],
  [
    'a user in the address',
    'targets: [{ name: a, kind: https, url: "https://u:hemmelig@x.test/", organisations: [x.test] }]',
    /an https address/,
  ],
  [
    'a user without a password',
    'targets: [{ name: a, kind: https, url: "https://x.test/", user: u, organisations: [x.test] }]',
    /go together/,
  ],
  ['no secret', `targets:\n  - name: a${sftp.replace(/keyFile.*/, '')}`, /one of them/],
  ['two secrets', `targets:\n  - name: a${sftp}\n    passwordFile: x`, /one of them/],
  ['no host key', `targets:\n  - name: a${sftp.replace(/hostKey.*/, '')}`, /hostKey/],
  ['a bad port', `targets:\n  - name: a${sftp}\n    port: 65536`, /port takes/],
  [
    'one place for several',
    'targets: [{ name: a, kind: folder, path: x, organisations: [x.test, y.test] }]',
    /\{organisation\}/,
  ],
  ['a strange organisation', 'targets: [{ name: a, kind: folder, path: x, organisations: ["../x"] }]', /organisations/],
  ['two of one name', `targets:\n  - name: a${sftp}\n  - name: a${sftp}`, /a stands twice/],
];
for (const [what, text, message] of mistakes)
  test(`${what} is named`, () => {
    const found = read(text);
    assert.ok(!found.ok);
    assert.equal(found.problem.code, 'HUB-701');
    assert.match(found.problem.detail ?? '', message);
    assert.doesNotMatch(JSON.stringify(found.problem), /hemmelig/);
  });
