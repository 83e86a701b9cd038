// What links open, as a reviewer has read it: every scope alone, with the sensitive fields that it shows. A scope that opens more than before is a
// line in the golden file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showsAttribute } from '#hub/field-view.ts';
import { grantsOfLink } from '#hub/link-grants.ts';
import { covers } from '#model/derive-scopes.ts';
import type { ProtectionLevel } from '#model/model.ts';
import { sensitivitiesOf } from '#model/sensitivities.ts';
import type { Grant, Link } from '#store/store.ts';
import { golden } from '../golden.ts';
import { entry, hubBundles, hubModel } from '../model/models.ts';

const model = hubModel();
const bundles = hubBundles();

const link = (scopes: readonly string[], more: Partial<Link> = {}): Link => ({
  id: 'link-1',
  application: 'app',
  organisation: 'tindvag.test',
  environment: 'test',
  scopes,
  schools: null,
  agreement: { reference: 'DBA-1', from: 10, to: 90 },
  purpose: 'test',
  clearance: 0,
  createdAt: 1,
  endedAt: null,
  ...more,
});

const grantsOf = (scopes: readonly string[], more: Partial<Link> = {}): readonly Grant[] =>
  grantsOfLink(link(scopes, more), bundles, model);

/** By collection: attributes that some grant shows to one who is protected as highly as `level`; relations are left out. */
const shown = (grants: readonly Grant[], action: string, level: ProtectionLevel = 0) =>
  new Map(
    [...model.collections.values()].flatMap((collection) => {
      const opening = grants.filter(
        ({ collections, actions, clearance = 0 }) =>
          clearance >= level &&
          actions.some((one) => one === action) &&
          collections.some((pattern) => covers(pattern, collection.path)),
      );
      const names = collection.class.attributes.filter((one) =>
        opening.some((each) => showsAttribute(model, each, one)),
      );
      return opening.length === 0 ? [] : [[collection.path, names] as const];
    }),
  );

/** Relations that the grants name, and of which they open the other end too. */
const followed = (grants: readonly Grant[], path: string, found: ReadonlyMap<string, unknown>): readonly string[] =>
  [...(model.collections.get(path)?.links.values() ?? [])]
    .filter(({ relation: { jsonName }, target }) => {
      const named = grants.some(
        ({ collections, fields }) =>
          collections.some((pattern) => covers(pattern, path)) && (fields === null || fields.includes(jsonName)),
      );
      return named && target !== null && found.has(target);
    })
    .map(({ relation }) => relation.jsonName);

const lines = (scope: string): readonly string[] =>
  (['list', 'write'] as const).flatMap((action) => {
    const grants = grantsOf([scope]).filter(({ actions }) => actions.some((one) => one === action));
    const found = shown(grants, action);
    const codes = [...new Set([...found.keys()].filter((path) => path.includes('/kodeverk/')))];
    const folders = [...new Set(codes.map((path) => path.slice(0, path.indexOf('/kodeverk/'))))];
    const told = [...found].flatMap(([path, attributes]) => {
      if (codes.includes(path)) return [];
      const names = attributes.map((one) => {
        const sensitive = [...sensitivitiesOf(model, one)].filter((each) => each !== 'open' && each !== 'personal');
        return sensitive.length === 0 ? one.jsonName : `${one.jsonName} (${sensitive.sort().join(', ')})`;
      });
      const relations = followed(grants, path, found);
      return `${path}: ${names.join(' ')}${relations.length === 0 ? '' : ` -> ${relations.join(' ')}`}`;
    });
    const all = folders.length === 0 ? told : [`code lists of ${folders.join(', ')}`, ...told];
    return action === 'list' ? all : all.map((line) => `WRITE ${line}`);
  });

test('what each scope opens', () => {
  const text = [...bundles.bundles.keys()].map(
    (scope) =>
      `${scope}\n${lines(scope)
        .map((one) => `  ${one}\n`)
        .join('')}`,
  );
  golden('access/bundles.txt', text.join('\n'));
});

test('national ids show by their own scopes only, addresses by theirs, and language training by its own', () => {
  for (const scope of bundles.bundles.keys()) {
    const found = shown(grantsOf([scope]), 'list');
    const sensitive = new Set([...found.values()].flat().flatMap((one) => [...sensitivitiesOf(model, one)]));
    assert.equal(sensitive.has('national-id'), scope.endsWith('.nin'), scope);
    assert.equal(sensitive.has('special'), scope === 'vfs:pupils.language', scope);
    assert.equal(
      [...found].some(([, all]) => all.some(({ jsonName }) => jsonName === 'bostedsadresse')),
      scope === 'vfs:pupils.address',
      scope,
    );
    assert.equal(
      [...found].some(([, all]) => all.some(({ jsonName }) => jsonName === 'notat')),
      scope === 'vfs:groups.write',
    );
  }
});

test('every grant says its scope, its link and its period, and following needs the scope for it as well', () => {
  const grants = grantsOf(['vfs:events.read', 'vfs:groups.write'], { schools: ['SK1'], endedAt: 50 });
  assert.equal(new Set(grants.map(({ id }) => id)).size, grants.length);
  for (const grant of grants) {
    assert.deepEqual([grant.from, grant.to, grant.link, grant.agreement], [10, 50, 'link-1', 'DBA-1']);
    assert.deepEqual(grant.rows, { scope: 'skole', field: 'systemid', values: ['SK1'] });
    const follows = grant.actions.includes('follow');
    assert.equal(grant.scope, follows ? 'vfs:groups.write vfs:events.read' : 'vfs:groups.write');
    assert.ok(!follows || grant.actions.length === 1);
  }
  assert.deepEqual(
    [...shown(grants, 'follow').keys()],
    [...shown(grants, 'list').keys()],
    'what is read may be followed',
  );
  assert.deepEqual(grantsOf(['vfs:events.read']), []);
  assert.deepEqual(grantsOf(['gone:long.ago']), []);
});

test('with a clearance protected persons show, with their grade and without what tells where they are', () => {
  const scopes = ['vfs:guardians.read', 'vfs:pupils.address', 'vfs:pupils.read'];
  const grants = grantsOf(scopes, { clearance: 3 });
  const names = (level: ProtectionLevel): readonly string[] =>
    (shown(grants, 'list', level).get('utdanning/elev/person') ?? []).map(({ jsonName }) => jsonName);
  assert.ok(names(0).includes('bostedsadresse') && names(0).includes('kontaktinformasjon'));
  for (const level of [1, 2, 3] as const) {
    assert.ok(names(level).includes('navn') && names(level).includes('adressebeskyttelse'));
    for (const hidden of ['bostedsadresse', 'postadresse', 'kontaktinformasjon', 'bilde'])
      assert.ok(!names(level).includes(hidden), hidden);
  }
  assert.equal(shown(grantsOf(scopes, { clearance: 2 }), 'list', 3).size, 0);
  const towns = grants.filter(({ fields }) => fields?.includes('kommune') === true);
  assert.ok(towns.length > 0 && towns.every(({ clearance }) => clearance === 0), 'nor in which municipality');
});

test('who may take employees out of access groups sees all of what goes, of those who are protected too', () => {
  const path = 'grunnskole/tilgang/tilgangsgruppemedlemskap';
  const { class: of, links } = entry(model.collections, path);
  for (const clearance of [0, 1, 2, 3] as const) {
    const granted = grantsOf(['vfs:access.write'], { clearance });
    assert.deepEqual(shown(granted, 'write', clearance).get(path), of.attributes, `${clearance}`);
    const naming = granted.filter(
      ({ actions, collections, clearance: seen = 0 }) =>
        seen >= clearance && actions.includes('write') && collections.some((pattern) => covers(pattern, path)),
    );
    for (const name of links.keys())
      assert.ok(
        naming.some(({ fields }) => fields === null || fields.includes(name)),
        name,
      );
  }
});
