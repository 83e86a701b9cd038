// What will go of a service over SOAP: an operation has one name for the gate, for announcements, for what is counted, and for answers, which say it in
// headers of HTTP where the request names the operation there, and in a header of the envelope in any case.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { startOfDay } from '#catalogue/calendar.ts';
import { createContractNotes, type ContractNotes } from '#catalogue/contract-notes.ts';
import type { Change } from '#catalogue/contract.ts';
import { xmlDifferences } from '#catalogue/gate/xml-differences.ts';
import { serviceParts } from '#services/service-parts.ts';
import type { Service, SoapPort } from '#services/service.ts';
import { wsdlText } from '#services/wsdl.ts';
import { toyServer, type ToyServer } from '../http/toy.ts';
import { namespace, port, toyService, verifyClients } from './toy-service.ts';

const service = toyService({ calls: [], given: 0, ended: 0 });
const going: Change = {
  id: 'find-goes',
  api: 'toy',
  coordinates: ['Toy/findThing'],
  kind: 'breaking',
  text: { nb: 'findThing går ut.', en: 'findThing goes.' },
  migration: { nb: 'Bruk getThing.', en: 'Use getThing.' },
  replacement: 'Toy/getThing',
  withoutReplacement: null,
  announcedAt: startOfDay('2026-11-22'),
  planned: { at: startOfDay('2028-03-31') },
  emergency: null,
  doneAt: null,
};

let notes: ContractNotes;
let server: ToyServer;
const asked: (string | null)[] = [];
const counted: unknown[] = [];
before(async () => {
  notes = createContractNotes({
    catalogue: { apis: new Map(), releases: [] },
    announcements: { current: async () => ({ version: 1, changes: [going], kept: [] }) },
    partsOf: () => null,
    clock: systemClock,
    observe: () => {},
  });
  await notes.refresh();
  const { routes } = serviceParts(service, { baseUrl: () => server.url(), endingOf: notes.endingOf });
  const contracts = {
    headersOf: (...words: Parameters<ContractNotes['headersOf']>) => {
      asked.push(words[1]);
      return notes.headersOf(...words);
    },
    headersOfRetiring: notes.headersOfRetiring,
    count: (_client: string, _api: string, parts: unknown) => void counted.push(parts),
  };
  server = toyServer(routes, {}, { contracts, verify: verifyClients });
  await server.listen();
});
after(async () => {
  notes.close();
  await server.close();
});

type Told = {
  readonly status: number;
  readonly deprecation: string | null;
  readonly sunset: string | null;
  readonly text: string;
};

const call = async (body: string, action: string | null): Promise<Told> => {
  const answer = await fetch(`${server.url()}${port}`, {
    method: 'POST',
    body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`,
    headers: {
      authorization: 'Bearer client',
      'content-type': 'text/xml',
      ...(action === null ? {} : { soapaction: `"${action}"` }),
    },
  });
  const { headers, status } = answer;
  return { status, deprecation: headers.get('deprecation'), sunset: headers.get('sunset'), text: await answer.text() };
};
const find = `<findThing xmlns="${namespace}"><a>x</a></findThing>`;

const described = (one: Service): string =>
  wsdlText(one, { path: port, answers: 'nested' } satisfies SoapPort, 'https://hub.example.test/toy');

test('the gate calls an operation as announcements and answers do', () => {
  const without = { ...service, operations: service.operations.filter(({ name }) => name !== 'findThing') };
  const found = xmlDifferences(described(service), described(without), { api: 'toy', artefact: 'toy.wsdl' });
  assert.ok(
    found.some(({ coordinate, rule }) => coordinate === 'Toy/findThing' && rule === 'operation-removed'),
    JSON.stringify(found),
  );
});

test('who calls what will go is told in the envelope, and in headers where the request names it there', async () => {
  const block =
    '<deprecation><coordinate>Toy/findThing</coordinate><announced>2026-11-22</announced><earliestRemoval>2028-03-31</earliestRemoval><replacement>Toy/getThing</replacement><message>findThing goes.</message></deprecation>';
  const named = await call(find, `${namespace}/findThing`);
  assert.equal(named.status, 200, named.text);
  assert.ok(named.text.includes(block), named.text);
  const headers = [`@${startOfDay('2026-11-22') / 1_000}`, new Date(startOfDay('2028-03-31')).toUTCString()];
  assert.deepEqual([named.deprecation, named.sunset], headers);
  const unnamed = await call(find, null);
  assert.ok(unnamed.text.includes(block), unnamed.text);
  assert.equal(unnamed.deprecation, null);
  const other = await call(`<getThing xmlns="${namespace}"><id>1</id></getThing>`, `${namespace}/getThing`);
  assert.equal(other.status, 200);
  assert.deepEqual([other.deprecation, other.text.includes('deprecation')], [null, false]);
  assert.deepEqual(counted, ['Toy/findThing', 'Toy/getThing']);
});

test('what a client calls an operation that there is none of is no part of anything', async () => {
  asked.length = 0;
  counted.length = 0;
  for (const action of [`${namespace}/invented`, `${namespace}/`, 'urn:other', `${namespace}/__proto__`])
    assert.equal((await call(find, action)).status, 500);
  assert.deepEqual(asked, [null, null, null, null]);
  assert.deepEqual(counted, []);
});
