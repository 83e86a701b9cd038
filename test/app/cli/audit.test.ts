// How the command line reads a question about the audit: days of Norway, instants, persons and lists.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditHeading, auditLine, readPerson, readQuestion, type SearchArgs } from '#app/cli/audit.ts';
import { hubModel } from '../../model/models.ts';

const model = hubModel();

const nothing: SearchArgs = {
  application: undefined,
  class: undefined,
  from: undefined,
  to: undefined,
  decision: undefined,
  person: undefined,
  order: undefined,
  limit: undefined,
};

const question = (args: Partial<SearchArgs>) => {
  const read = readQuestion({ ...nothing, ...args }, model);
  assert.ok(read.ok, read.ok ? '' : read.problem.detail);
  return read.value;
};

test('days are whole days in Norway, instants are what they say', () => {
  const { from, to } = question({ from: '2026-08-01', to: '2026-08-01' });
  assert.equal(new Date(from ?? 0).toISOString(), '2026-07-31T22:00:00.000Z');
  assert.equal(new Date(to ?? 0).toISOString(), '2026-08-01T21:59:59.999Z');
  assert.equal(question({ from: '2026-12-24T10:00Z' }).from, Date.UTC(2026, 11, 24, 10));
});

test('a person is a collection, a field and a value that may hold slashes; or a field and a value', () => {
  const path = 'utdanning/elev/person';
  assert.deepEqual(readPerson(`${path}/Fodselsnummer/1/2`, model), {
    collection: path,
    field: 'fodselsnummer',
    value: '1/2',
  });
  assert.deepEqual(readPerson('fodselsnummer/12', model), { collection: null, field: 'fodselsnummer', value: '12' });
  for (const wrong of ['', 'fodselsnummer', `${path}/fodselsnummer`, '/12'])
    assert.equal(readPerson(wrong, model), null);
  assert.deepEqual(question({ person: ' fodselsnummer/12\n' }).person, {
    collection: null,
    field: 'fodselsnummer',
    value: '12',
  });
});

test('everything at fault is said at once, without the person', () => {
  const read = readQuestion(
    {
      ...nothing,
      from: '2026-02-30',
      to: 'soon',
      decision: 'maybe',
      order: 'random',
      limit: '0',
      person: '01819012345',
    },
    model,
  );
  assert.ok(!read.ok);
  assert.deepEqual(
    read.problem.errors?.map(({ at }) => at),
    ['from', 'to', 'decision', 'order', 'limit', 'person'],
  );
  assert.equal(read.problem.detail.includes('01819012345'), false);
});

test('a record is one line under its headings', () => {
  const record = {
    id: 'r',
    at: Date.UTC(2026, 7, 1, 6),
    request: 'r',
    issuer: 'hub',
    client: 'client-1',
    token: 't',
    api: 'fint',
    operation: 'list',
    collection: 'utdanning/elev/elev',
    decision: 'allow',
    rule: 'g1',
    count: null,
    subjects: [],
    seen: null,
    details: '',
  } as const;
  const [heading, line] = [auditHeading(), auditLine({ sequence: 17, record })];
  for (const [name, value] of [
    ['TIME', '2026-08-01T06:00:00Z'],
    ['NUMBER', '17'],
    ['APPLICATION', 'client-1'],
    ['DECISION', 'allow'],
    ['COUNT', '-'],
    ['RULE', 'g1'],
  ] as const)
    assert.equal(
      line.indexOf(` ${value}`) === -1 ? line.indexOf(value) : line.indexOf(` ${value}`) + 1,
      heading.indexOf(name),
      name,
    );
});
