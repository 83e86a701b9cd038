// Which origins are those of the hub's own pages: at its public address, behind a proxy, on another port, by another scheme, and what only looks alike.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOwnPage } from '#auth/own-page.ts';

const cases: readonly (readonly [origin: string, host: string, issuer: string, own: boolean, why: string])[] = [
  ['https://hub.test', 'hub.test', 'https://hub.test', true, 'the public address'],
  ['https://hub.test', '10.0.0.7:8080', 'https://hub.test', true, 'a proxy that does not pass the host on'],
  ['https://hub.test', 'hub.test', 'http://127.0.0.1:8080', true, 'a proxy with TLS, and no public address set'],
  ['https://hub.test:8443', 'hub.test:8443', 'https://hub.test:8443', true, 'a port of its own'],
  ['http://127.0.0.1:8080', '127.0.0.1:8080', 'http://127.0.0.1:8080', true, 'without TLS at home'],
  ['http://localhost:8080', 'localhost:8080', 'http://127.0.0.1:8080', true, 'another name of the same'],
  ['https://hub.test', 'Hub.TEST', 'https://other.test', true, 'a host in other letters'],
  ['null', 'hub.test', 'https://hub.test', false, 'a page without an origin'],
  ['', 'hub.test', 'https://hub.test', false, 'nothing'],
  ['http://hub.test', 'hub.test', 'https://hub.test', false, 'without TLS'],
  ['http://hub.test', '10.0.0.7:8080', 'https://hub.test', false, 'without TLS, behind a proxy'],
  ['https://hub.test:8443', 'hub.test', 'https://hub.test', false, 'another port'],
  ['http://127.0.0.1:8081', '127.0.0.1:8080', 'http://127.0.0.1:8080', false, 'another port at home'],
  ['https://hub.test.evil.test', 'hub.test', 'https://hub.test', false, 'a longer name'],
  ['https://evilhub.test', 'hub.test', 'https://hub.test', false, 'a name with something before it'],
  ['https://hub.test@evil.test', 'hub.test', 'https://hub.test', false, 'the name as a user'],
  ['https://evil.test', 'hub.test', 'https://hub.test', false, 'another site'],
  ['ftp://hub.test', 'hub.test', 'https://hub.test', false, 'another scheme'],
  ['chrome-extension://hub.test', 'hub.test', 'http://hub.test', false, 'an extension'],
  ['file://', '', 'http://127.0.0.1:8080', false, 'a file'],
];

for (const [origin, host, issuer, own, why] of cases)
  test(`${own ? 'own' : 'not own'}: ${why}`, () => assert.equal(isOwnPage(origin, host, issuer), own));
