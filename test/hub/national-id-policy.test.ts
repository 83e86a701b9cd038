// Which national ids are kept back where: in identifiers, in texts inside of values, in the addresses of links; and that nothing else is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nationalIdGuard, wrongNationalId } from '#hub/national-id-policy.ts';
import { createPreparer } from '#hub/prepare.ts';
import { createWriteBodies } from '#hub/writing-body.ts';
import type { Environment } from '#store/store.ts';
import { nobodysNumbers } from '../base/nobodys-numbers.ts';
import { fintFolder, modelOf } from '../model/models.ts';

const model = modelOf(fintFolder);
const environments: readonly Environment[] = ['production', 'test', 'sandbox'];
const [real = '', dNumber = ''] = [nobodysNumbers(1)[0], nobodysNumbers(1, { day: 40 })[0]];
const [synthetic = '', syntheticD = '', older = ''] = [
  nobodysNumbers(1, { month: 80 })[0],
  nobodysNumbers(1, { day: 40, month: 80 })[0],
  nobodysNumbers(1, { month: 40 })[0],
];
const damaged = real.slice(0, 10) + String((Number(real[10]) + 1) % 10);

/** Each text with the environments that refuse it. */
const numbers: readonly (readonly [string, readonly Environment[]])[] = [
  [real, ['sandbox']],
  [dNumber, ['sandbox']],
  [`${real.slice(0, 6)} ${real.slice(6)}`, ['sandbox']],
  [`${real.slice(0, 6)}-${real.slice(6)}`, ['sandbox']],
  [synthetic, ['production']],
  [syntheticD, ['production']],
  [older, ['production']],
  [`${synthetic.slice(0, 6)} ${synthetic.slice(6)}`, ['production']],
  [damaged, []],
  ['0501090000001', []],
  ['202612345678', []],
  ['ukjent-1', []],
];

const preparerOf = (path: string, environment: Environment) => {
  const collection = model.collections.get(path);
  assert.ok(collection !== undefined, path);
  return { collection, prepare: createPreparer(collection, model, 'https://hub.test', nationalIdGuard(environment)) };
};

const verdict = (path: string, environment: Environment, resource: object, text: string): string => {
  const result = preparerOf(path, environment).prepare(resource, null);
  const told = JSON.stringify(result);
  if ('prepared' in result) return 'taken';
  assert.ok(!told.includes(text) && !/\d{11}/.test(told), 'the value is not repeated');
  return `${result.rejected.code} ${result.rejected.at}`;
};

const name = { fornavn: 'Kari', etternavn: 'Prøve' };
const places: readonly (readonly [string, string, (text: string) => object])[] = [
  [
    'utdanning/elev/person',
    '/fodselsnummer/identifikatorverdi',
    (text) => ({ fodselsnummer: { identifikatorverdi: text }, navn: name }),
  ],
  [
    'utdanning/elev/elev',
    '/_links/person',
    (text) => ({
      systemId: { identifikatorverdi: 'e-1' },
      _links: { person: [{ href: `utdanning/elev/person/fodselsnummer/${text}` }] },
    }),
  ],
  [
    'arkiv/noark/sak',
    '/part/0/fodselsnummer',
    (text) => ({ systemId: { identifikatorverdi: 's-1' }, tittel: 'Sak', part: [{ fodselsnummer: text }] }),
  ],
];

test('in every place where a national id belongs, those of the wrong kind keep the entry back', () => {
  for (const [path, at, resource] of places)
    for (const environment of environments)
      for (const [text, refusing] of numbers)
        assert.equal(
          verdict(path, environment, resource(text), text),
          refusing.includes(environment) ? `HUB-417 ${at}` : 'taken',
          `${path} ${environment} ${text}`,
        );
});

test('what belongs to no national id is not looked at', () => {
  const resource = { systemId: { identifikatorverdi: real }, elevnummer: { identifikatorverdi: synthetic } };
  for (const environment of environments)
    assert.equal(verdict('utdanning/elev/elev', environment, resource, real), 'taken');
});

test('a write has it as its one problem, and what is stored is read whatever it holds', () => {
  const { collection } = preparerOf('utdanning/elev/person', 'sandbox');
  const bodies = createWriteBodies(model, () => 'https://hub.test', nationalIdGuard('sandbox'));
  const writable = {
    attributes: new Set(collection.class.attributes.map(({ jsonName }) => jsonName)),
    relations: new Set<string>(),
  };
  const person = { fodselsnummer: { identifikatorverdi: real }, navn: name };
  const refused = bodies.create(collection, writable, person);
  assert.ok(!refused.ok);
  assert.equal(refused.problem.code, 'HUB-417');
  assert.deepEqual(
    refused.problem.errors?.map(({ at, code }) => [at, code]),
    [['/fodselsnummer/identifikatorverdi', 'HUB-417']],
  );
  assert.ok(!JSON.stringify(refused).includes(real));
  assert.ok(bodies.create(collection, writable, { ...person, fodselsnummer: { identifikatorverdi: synthetic } }).ok);
  assert.notEqual(bodies.prepare(collection, person), null);
});

test('a lookup is told that the environment does not take the number, and not the number', () => {
  for (const environment of environments)
    for (const [text, refusing] of numbers) {
      const problem = wrongNationalId(environment, text);
      assert.equal(problem?.code, refusing.includes(environment) ? 'HUB-417' : undefined);
      assert.ok(!JSON.stringify(problem).includes(text));
    }
});

test('every attribute of the model that holds a national id is watched', () => {
  let watched = 0;
  for (const { attributes } of model.classes.values())
    for (const { sensitivity } of attributes) if (sensitivity === 'national-id') watched += 1;
  assert.ok(watched >= 3, `${watched}`);
});
