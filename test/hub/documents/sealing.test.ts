// Opaque ids and sealed texts: back again for whom they were made, and nothing for anybody else.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import type { Sealing } from '#hub/documents/document.ts';
import { cases } from '../../cases.ts';
import { dal, fjord, openWorld, principal } from '../world.ts';
import type { World } from '../world.ts';
import { openDocuments } from './document-world.ts';

let world: World;
let sealing: Sealing;
before(async () => {
  world = await openWorld();
  ({ sealing } = await openDocuments(world));
});
after(() => world.close());

const uids = fc.nat(Number.MAX_SAFE_INTEGER);
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

test('an id leads back to its resource, for its organisation only', () => {
  fc.assert(
    fc.property(uids, (uid) => {
      const id = sealing.id(fjord, uid);
      assert.match(id, /^[\w-]{22}$/);
      assert.equal(sealing.id(fjord, uid), id);
      assert.equal(sealing.readId(fjord, id), uid);
      assert.equal(sealing.readId(dal, id), null);
      assert.notEqual(sealing.id(dal, uid), id);
    }),
    { numRuns: cases(1_000) },
  );
});

test('nothing but an id that was given is one', () => {
  fc.assert(
    fc.property(uids, fc.nat(21), fc.nat(63), (uid, at, letter) => {
      const id = sealing.id(fjord, uid);
      const other = `${id.slice(0, at)}${alphabet[letter] ?? 'A'}${id.slice(at + 1)}`;
      assert.equal(sealing.readId(fjord, other), other === id ? uid : null);
    }),
    { numRuns: cases(1_000) },
  );
  for (const text of [
    '',
    'x',
    'A'.repeat(22),
    'A'.repeat(23),
    '!'.repeat(22),
    'å'.repeat(22),
    `${sealing.id(fjord, 1)}=`,
  ])
    assert.equal(sealing.readId(fjord, text), null, text);
});

test('ids survive a restart', async () => {
  const again = (await openDocuments(world)).sealing;
  assert.equal(again.readId(fjord, sealing.id(fjord, 4_711)), 4_711);
});

test('a sealed text opens for its application, organisation and purpose, and never looks the same twice', () => {
  const mine = { principal: principal() };
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, purpose) => {
      const sealed = sealing.seal(mine, purpose, text);
      assert.match(sealed, /^[\w-]+$/);
      assert.notEqual(sealing.seal(mine, purpose, text), sealed);
      assert.equal(sealing.open(mine, purpose, sealed), text.toWellFormed());
      assert.equal(sealing.open(mine, `${purpose}x`, sealed), null);
      assert.equal(sealing.open({ principal: principal('other') }, purpose, sealed), null);
      assert.equal(sealing.open({ principal: principal('app', dal) }, purpose, sealed), null);
    }),
    { numRuns: cases(200) },
  );
});

test('a sealed text that was changed does not open', () => {
  const mine = { principal: principal() };
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.nat(63), (text, at, letter) => {
      const sealed = sealing.seal(mine, 'list', text);
      const place = at % sealed.length;
      const other = `${sealed.slice(0, place)}${alphabet[letter] ?? 'A'}${sealed.slice(place + 1)}`;
      assert.equal(sealing.open(mine, 'list', other), other === sealed ? text.toWellFormed() : null);
      assert.equal(sealing.open(mine, 'list', sealed.slice(0, place)), null);
    }),
    { numRuns: cases(300) },
  );
  for (const text of ['', 'AAAA', '!', 'A'.repeat(38)]) assert.equal(sealing.open(mine, 'list', text), null);
});
