// The metamodel API as its callers see it: shapes of facts 1.7, case, unknown addresses, conditional reads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiAnswer, ApiRequest, Route } from '#apis/api.ts';
import { modelAddresses } from '#apis/model/addresses.ts';
import { modelApi } from '#apis/model/api.ts';
import { openApiDefaults } from '#model/openapi.ts';
import { golden } from '../golden.ts';
import { hubModel, modelOf, tinyFolder } from './models.ts';

const api = modelApi(hubModel());
const route = (): Route => {
  const [only] = api.routes;
  assert.ok(only !== undefined);
  return only;
};

const get = async (rest: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> => {
  const request: ApiRequest = {
    id: 'test',
    method: 'GET',
    path: `/model/${rest}`,
    rest,
    query: new URLSearchParams(),
    header: (name) => headers[name] ?? null,
    principal: null,
    signal: new AbortController().signal,
    leaving: new AbortController().signal,
    text: '',
    stream: null,
    gzip: false,
  };
  return route().handle(request);
};

const body = async (rest: string): Promise<unknown> => {
  const answer = await get(rest);
  assert.ok(answer.kind === 'bytes', `${rest}: ${answer.kind}`);
  assert.equal(answer.status, 200);
  return JSON.parse(String(answer.bytes));
};

const lengthOf = async (rest: string): Promise<number> => {
  const list = await body(rest);
  assert.ok(Array.isArray(list));
  return list.length;
};

test('the route is open and answers GET only', () => {
  assert.deepEqual(route().methods, ['GET']);
  assert.equal(route().access, 'open');
  assert.equal(route().path, '/model/*');
});

test('one resource has the shape of the metamodel', async () => {
  const one = await body('utdanning/elev/klassemedlemskap');
  assert.deepEqual(one, {
    domainName: 'utdanning',
    packageName: 'elev',
    resourceName: 'Klassemedlemskap',
    fields: ['gyldighetsperiode', 'systemId'],
    idFields: ['systemId'],
    writeable: false,
    relations: [
      {
        name: 'elevforhold',
        multiplicity: 'ONE_TO_ONE',
        classPackageName: 'no.fint.model.utdanning.elev.Elevforhold',
      },
      { name: 'klasse', multiplicity: 'ONE_TO_ONE', classPackageName: 'no.fint.model.utdanning.elev.Klasse' },
    ],
  });
});

test('lists: everything, a domain, a component, the components', async () => {
  assert.equal(await lengthOf(''), 365);
  assert.equal(await lengthOf('utdanning/elev'), 14);
  assert.equal(await lengthOf('components'), 48);
  assert.equal(await lengthOf('classes'), 53);
  assert.equal(await lengthOf('schema'), 420);
  assert.equal(await lengthOf('openapi'), 48);
  assert.equal(await lengthOf('utdanning'), 74);
  assert.equal(await lengthOf('grunnskole'), 23);
  assert.equal(await lengthOf('fs'), 145);
  assert.equal(await lengthOf('hoyereutdanning'), 17);
  assert.ok(((await body('components')) as string[]).includes('utdanning.elev'));
});

test('names match without regard to case; a trailing slash and percent-encoding are fine', async () => {
  const expected = await body('utdanning/elev/elev');
  for (const rest of ['UTDANNING/Elev/ELEV', 'utdanning/elev/elev/', 'utdanning%2Felev/%65lev'])
    assert.deepEqual(await body(rest), expected, rest);
});

test('the iso code lists answer on both path forms, common classes under each component', async () => {
  assert.deepEqual(await body('felles/kodeverk/landkode'), await body('felles/kodeverk/iso/landkode'));
  assert.equal(await lengthOf('felles/kodeverk'), 3);
  assert.equal(await lengthOf('felles/kodeverk/iso'), 3);
  assert.equal(((await body('utdanning/larling/person')) as { packageName: string }).packageName, 'larling');
});

test('what the model does not have is not found', async () => {
  for (const rest of [
    'utdannin',
    'utdanning/elev/nei',
    'felles/person',
    'classes/utdanning/elev',
    'schema/felles/basisklasser/Begrep',
    'openapi/felles',
    '__proto__',
    'constructor',
    '%',
    '%ff',
    '../model',
    'utdanning//elev',
  ]) {
    const answer = await get(rest);
    assert.ok(answer.kind === 'problem', rest);
    assert.equal(answer.problem.code, 'HUB-204');
  }
});

test('an unchanged answer is 304 for its tag', async () => {
  const first = await get('utdanning/elev');
  const etag = first.kind === 'bytes' ? (first.headers?.['etag'] ?? '') : '';
  assert.match(etag, /^"[\w-]{22}"$/);
  for (const sent of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const again = await get('utdanning/elev', { 'if-none-match': sent });
    assert.deepEqual([again.kind, again.kind === 'empty' && again.status], ['empty', 304], sent);
  }
  assert.equal((await get('utdanning/elev', { 'if-none-match': '"x"' })).kind, 'bytes');
});

test('every address answers well-formed JSON', () => {
  const addresses = modelAddresses(hubModel(), openApiDefaults);
  assert.ok(addresses.list().length > 600);
  for (const address of addresses.list()) {
    const found = addresses.find(address);
    assert.ok(found !== null, address);
    assert.equal(typeof JSON.parse(found.text), 'object');
    assert.equal(addresses.find(address), found, 'the text is made once');
  }
});

test('the metamodel of the tiny model, as a reader sees it', () => {
  const addresses = modelAddresses(modelOf(tinyFolder), openApiDefaults);
  const text = JSON.parse(addresses.find('')?.text ?? 'null') as unknown;
  golden('model/tiny/metamodel.json', `${JSON.stringify(text, null, 2)}\n`);
});
