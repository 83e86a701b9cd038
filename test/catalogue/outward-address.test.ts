// Addresses of webhooks lead out, however they are spelled; e-mail addresses and what stands in headers are one line and one address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { limits } from '#base/limits.ts';
import { isHeaderText, isMailAddress } from '#catalogue/mail-address.ts';
import { isOutward, readWebhookAddress } from '#catalogue/outward-address.ts';
import { cases } from '../cases.ts';

const taken = (url: string, loopback = false): boolean => readWebhookAddress(url, loopback).ok;

test('addresses that lead inwards are refused, however they are spelled', () => {
  for (const url of [
    'https://localhost/',
    'https://LOCALHOST./',
    'https://api.localhost/',
    'https://localhost../',
    'https://nas.lan../',
    'https://127.0.0.1../',
    'https://.vendor.no/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://0/',
    'https://0.0.0.0/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.0.1/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://metadata.google.internal/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[fe80::1]/',
    'https://[fd12:3456::1]/',
    'https://[ff02::1]/',
    'https://１２７.０.０.１/',
    'https://ⓛocalhost/',
    'https://database/',
    'https://printer.local/',
    'https://nas.lan/',
    'https://255.255.255.255/',
    'https://224.0.0.1/',
  ])
    assert.equal(taken(url), false, url);
});

test('addresses with a login, a fragment, another scheme or a line break are refused', () => {
  for (const url of [
    'http://hooks.vendor.no/',
    'ftp://hooks.vendor.no/',
    'file:///etc/passwd',
    'gopher://hooks.vendor.no/',
    'javascript:alert(1)',
    'https://user:secret@hooks.vendor.no/',
    'https://hooks.vendor.no@127.0.0.1/',
    'https://hooks.vendor.no/#x',
    'https://hooks.vendor.no/a\r\nHost: other',
    'https://hooks.vendor.no/\t',
    'hooks.vendor.no',
    '',
  ])
    assert.equal(taken(url), false, url);
});

test('addresses that lead out are taken, as long as they may be; this machine is only in a sandbox', () => {
  for (const url of [
    'https://hooks.vendor.no/bindeledd',
    'https://hooks.vendor.no:8443/?tenant=1',
    'https://93.184.215.14/',
    'https://[2a00:1450:400f:80c::200e]/',
    'https://xn--rdgrd-vuad.no/',
  ])
    assert.equal(taken(url), true, url);
  const long = 'https://hooks.vendor.no/';
  assert.equal(taken(long.padEnd(limits.webhookUrlLength, 'a')), true);
  assert.equal(taken(long.padEnd(limits.webhookUrlLength + 1, 'a')), false);
  for (const url of ['http://127.0.0.1:8081/', 'http://localhost/', 'https://[::1]/']) {
    assert.equal(taken(url, true), true, url);
    assert.equal(taken(url, false), false, url);
  }
  // A sandbox opens this machine, and not what stands beside it.
  for (const url of [
    'http://hooks.vendor.no/',
    'https://10.0.0.1/',
    'http://192.168.1.1/',
    'http://[::ffff:127.0.0.1]/',
  ])
    assert.equal(taken(url, true), false, url);
});

test('an address of version 4 leads out just when the one that it is mapped to is not asked for', () => {
  const own = fc.constantFrom('10', '127', '0', '224', '255', '192.168', '169.254', '172.20', '100.100', '198.18');
  fc.assert(
    fc.property(own, fc.array(fc.nat(255), { minLength: 3, maxLength: 3 }), (network, rest) => {
      const address = [network, ...rest].join('.').split('.').slice(0, 4).join('.');
      assert.equal(isOutward(address), false, address);
      assert.equal(isOutward(`::ffff:${address}`), false, address);
    }),
    { numRuns: cases(200) },
  );
  for (const text of ['', 'hooks.vendor.no', '1.2.3', '2a00::1%eth0', '01.2.3.4'])
    assert.equal(isOutward(text), false, text);
  for (const text of ['1.1.1.1', '172.15.255.255', '172.32.0.0', '2a00::1', '2606:4700::1'])
    assert.equal(isOutward(text), true, text);
});

/** An address whose domain is nearly all of it. */
const ofLength = (length: number): string => {
  const domain = `${'c'.repeat(63)}.${'b'.repeat(63)}.${'a'.repeat(60)}`;
  return `${'x'.repeat(length - domain.length - 1)}@${domain}`;
};

test('an e-mail address is one plain address', () => {
  for (const text of ['drift@vendor.no', 'a.b+c@sub.vendor.no', "o'neil@vendor.no"])
    assert.equal(isMailAddress(text), true, text);
  for (const text of [
    '',
    'drift',
    'drift@vendor',
    'drift@@vendor.no',
    'drift@vendor.no,all@vendor.no',
    'drift@vendor.no;all@vendor.no',
    'Drift <drift@vendor.no>',
    '<drift@vendor.no>',
    '"a b"@vendor.no',
    'drift@vendor.no\n',
    'drift@vendor.no\r\nBcc: x@y.no',
    'drift\u0000@vendor.no',
    'drift@[127.0.0.1]',
    'all:drift@vendor.no;',
    '.drift@vendor.no',
    'drift@-vendor.no',
    'drift(comment)@vendor.no',
    'dræft@vendor.no',
  ])
    assert.equal(isMailAddress(text), false, text);
  assert.equal(isMailAddress(`${'x'.repeat(64)}@vendor.no`), true);
  assert.equal(isMailAddress(`${'x'.repeat(65)}@vendor.no`), false);
  assert.equal(isMailAddress(`${ofLength(limits.mailAddressLength - 2)}.n`), true);
  assert.equal(isMailAddress(`${ofLength(limits.mailAddressLength - 2)}.no`), false);
});

test('a text in a header is one line that steers nothing', () => {
  for (const text of ['Drift', 'Åse Ødegård', 'a, b; <c> "d"', 'x'.repeat(limits.mailHeaderLength)])
    assert.equal(isHeaderText(text), true, text);
  for (const text of [
    '',
    'a\nb',
    'a\rb',
    'a\u0000',
    'a\u2028b',
    'a\u2029b',
    'a\u0085b',
    'a\u202eb',
    'a\u200bb',
    '\ud800',
    'x'.repeat(limits.mailHeaderLength + 1),
  ])
    assert.equal(isHeaderText(text), false, JSON.stringify(text));
});
