// Every rule, found where it is broken and not where it is kept; and quality.yaml, refused where it says what the model does not know.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { readQualityRules } from '#model/quality-rules.ts';
import { qualityRules } from '#quality/findings.ts';
import { countLinks, shownRelations } from '#quality/link-checks.ts';
import { nationalIdAt } from '#sandbox/national-id.ts';
import { organisationNumber } from '#sandbox/organisation-number.ts';
import { found, links, model, openWorld, organisation, systemId } from './world.ts';
import type { World } from './world.ts';

const pupil = 'utdanning/elev/elev';
const enrolment = 'utdanning/elev/elevforhold';
const person = 'utdanning/elev/person';
const school = 'utdanning/utdanningsprogram/skole';
const unit = 'administrasjon/organisasjon/organisasjonselement';
const country = 'felles/kodeverk/iso/landkode';
const nationalId = nationalIdAt({ year: 2009, month: 1, day: 5 }, 0, 0, true);
const born = '2009-01-05T00:00:00Z';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const put = (collection: string, id: string, resource: object, source?: string): Promise<void> =>
  world.deliver(collection, [{ identifier: id, resource: { ...resource } }], source);

/** What is found of a collection once everything has been looked at. */
const findings = async (collection: string): Promise<Readonly<Record<string, string>>> => {
  await world.quality.catchUp(organisation);
  return Object.fromEntries(
    Object.entries(await found(world, collection)).map(([line, counts]) => [line.slice(collection.length + 1), counts]),
  );
};

const aPerson = (more: object = {}): object => ({
  fodselsnummer: { identifikatorverdi: nationalId },
  navn: { fornavn: 'Vakker', etternavn: 'Blomst' },
  ...more,
});

describe('links', () => {
  test('to what has not been delivered: found, explained, and gone when it comes', async () => {
    await put(pupil, 'E1', { ...systemId('E1'), ...links({ person: [`fodselsnummer/${nationalId}`] }) });
    assert.deepEqual(await findings(pupil), { 'missing-target person': '1/1' });
    const [line] = (await world.quality.summary(organisation, { collection: pupil })).lines;
    assert.deepEqual(line?.target, { collection: person, syncedAt: null });
    assert.match(line?.explanation.en ?? '', /utdanning\/elev\/person has never been synced/);
    await put(person, nationalId, aPerson());
    assert.deepEqual(await findings(pupil), {});
    await world.remove(person, 'fodselsnummer', nationalId);
    assert.deepEqual(await findings(pupil), { 'missing-target person': '1/1' });
  });

  test('when the target class was last synced is told', async () => {
    await world.tenant.write(async (tx) => {
      await tx.putRun({
        corrId: 'c1',
        adapter: 'a',
        client: 'c',
        collection: person,
        type: 'FULL',
        state: 'completed',
        totalSize: 0,
        totalPages: 0,
        receivedEntries: 0,
        pages: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        removed: 0,
        rejected: 0,
        warnings: 0,
        wouldRemove: 0,
        openedAt: world.clock.now(),
        touchedAt: world.clock.now(),
        closedAt: world.clock.now(),
        reason: null,
      });
      await tx.settle();
    });
    await put(pupil, 'E1', { ...systemId('E1'), ...links({ person: [`fodselsnummer/${nationalId}`] }) });
    await findings(pupil);
    const [line] = (await world.quality.summary(organisation, { collection: pupil })).lines;
    assert.deepEqual(line?.target, { collection: person, syncedAt: world.clock.now() });
    assert.match(line?.explanation.nb ?? '', /sist synkronisert 2026-01-05T08:00:00Z/);
  });

  test('that could not be read; references outside the model have no form', async () => {
    await put(pupil, 'E1', { ...systemId('E1'), ...links({ person: ['https://else.test/person/17'] }) });
    await put(school, 'S1', {
      ...systemId('S1'),
      navn: 'Skole',
      skolenummer: { identifikatorverdi: '1' },
      ...links({ vigoreferanse: ['https://vigo.test/x'] }),
    });
    assert.deepEqual(await findings(pupil), { 'unknown-form person': '1/1' });
    assert.deepEqual(await findings(school), {});
  });

  test('that the model requires; an inverse one is as good', async () => {
    await put(unit, 'U1', {
      organisasjonsId: { identifikatorverdi: 'U1' },
      organisasjonsKode: { identifikatorverdi: 'K1' },
    });
    assert.deepEqual(await findings(unit), { 'missing-mandatory overordnet': '1/1' });
    await put(unit, 'U2', {
      organisasjonsId: { identifikatorverdi: 'U2' },
      organisasjonsKode: { identifikatorverdi: 'K2' },
      ...links({ overordnet: ['organisasjonsid/U2'], underordnet: ['organisasjonsid/U1'] }),
    });
    assert.deepEqual(await findings(unit), {});
  });

  test('to the resource itself: only the top of a tree has to', async () => {
    await put(unit, 'U1', {
      organisasjonsId: { identifikatorverdi: 'U1' },
      organisasjonsKode: { identifikatorverdi: 'K1' },
      ...links({ overordnet: ['organisasjonsid/U1'], underordnet: ['organisasjonsid/U1'] }),
    });
    assert.deepEqual(await findings(unit), { 'own-target underordnet': '1/1' });
  });

  test('more than the model has; two names of one target are one', async () => {
    await put(school, 'S1', { ...systemId('S1'), navn: 'Skole', skolenummer: { identifikatorverdi: '1' } });
    await put(pupil, 'E1', { ...systemId('E1'), ...links({ person: [`fodselsnummer/${nationalId}`] }) });
    await put(person, nationalId, aPerson());
    await put(enrolment, 'F1', {
      ...systemId('F1'),
      beskrivelse: 'Elev',
      ...links({ elev: ['systemid/E1'], skole: ['systemid/S1', 'skolenummer/1'] }),
    });
    assert.deepEqual(await findings(enrolment), {});
    assert.deepEqual(await findings(person), {});
    // A second pupil is the same person: the person shows two.
    await put(pupil, 'E2', { ...systemId('E2'), ...links({ person: [`fodselsnummer/${nationalId}`] }) });
    assert.deepEqual(await findings(person), { 'too-many elev': '1/1' });
  });

  test('without an answer, where the hub adds none', async () => {
    await put(pupil, 'E1', { ...systemId('E1'), ...links({ person: [`fodselsnummer/${nationalId}`] }) });
    await put(person, nationalId, aPerson());
    assert.deepEqual(await findings(pupil), {});
    await world.extraBackLinks(false);
    assert.deepEqual(await findings(pupil), { 'missing-inverse person': '1/1' });
    await put(person, nationalId, aPerson(links({ elev: ['systemid/E1'] })));
    assert.deepEqual(await findings(pupil), {});
    await put(person, nationalId, aPerson());
    assert.deepEqual(await findings(pupil), { 'missing-inverse person': '1/1' });
    await world.extraBackLinks(true);
    assert.deepEqual(await findings(pupil), {});
  });

  test('inside attributes: missing, and there again', async () => {
    const home = { hybeladresse: { adresselinje: ['Gata 1'], ...links({ land: ['systemid/NO'] }) } };
    await put(person, nationalId, aPerson());
    await put(pupil, 'E1', { ...systemId('E1'), ...home, ...links({ person: [`fodselsnummer/${nationalId}`] }) });
    assert.deepEqual(await findings(pupil), { 'missing-target hybeladresse/land': '1/1' });
    await put(country, 'NO', { ...systemId('NO'), kode: 'NO', navn: 'Norge' });
    assert.deepEqual(await findings(pupil), {});
    await world.remove(country, 'systemid', 'NO');
    assert.deepEqual(await findings(pupil), { 'missing-target hybeladresse/land': '1/1' });
  });

  test('relations are found in canonical text whatever stands in the addresses', () => {
    const text = JSON.stringify({
      self: [{ href: 'https://hub.test/a/b/c' }],
      one: [{ href: 'x"},{"href":"y' }],
      two: [{ href: '],"three":[{"href":"z"}]' }, { href: 'q"}],"four":[{' }],
      five: [{ href: '\\' }],
    });
    const shown = shownRelations(text);
    assert.deepEqual([...shown.keys()], ['one', 'two', 'five']);
    assert.deepEqual(
      [...shown.values()].map((place) => countLinks(text, place)),
      [1, 2, 1],
    );
    assert.equal(shownRelations('{"self":[{"href":"a"}]}').size, 0);
  });
});

describe('values', () => {
  test('national ids and birth dates', async () => {
    const wrong = nationalId.slice(0, 10) + String((Number(nationalId[10]) + 1) % 10);
    await put(person, nationalId, aPerson({ fodselsdato: born }));
    assert.deepEqual(await findings(person), {});
    await put(person, nationalId, aPerson({ fodselsdato: '2009-01-06T00:00:00Z' }));
    assert.deepEqual(await findings(person), { 'birth-date fodselsdato': '1/1' });
    await put(person, wrong, aPerson({ fodselsnummer: { identifikatorverdi: wrong } }));
    assert.deepEqual(await findings(person), {
      'birth-date fodselsdato': '1/1',
      'national-id fodselsnummer second-check-digit': '1/1',
    });
  });

  test('organisation numbers', async () => {
    const one = (number: string, id: string): Promise<void> =>
      put(school, id, {
        ...systemId(id),
        navn: 'Skole',
        skolenummer: { identifikatorverdi: id },
        organisasjonsnummer: { identifikatorverdi: number },
      });
    const good = organisationNumber(1);
    await one(good, 'S1');
    assert.deepEqual(await findings(school), {});
    await one(good.slice(0, 8) + String((Number(good[8]) + 1) % 10), 'S2');
    await one('12345678', 'S3');
    assert.deepEqual(await findings(school), {
      'organisation-number organisasjonsnummer check-digit': '1/1',
      'organisation-number organisasjonsnummer form': '1/1',
    });
  });

  test('dates, addresses, missing members and damaged text', async () => {
    await put(person, nationalId, aPerson());
    await put(pupil, 'E1', { ...systemId('E1'), ...links({ person: [`fodselsnummer/${nationalId}`] }) });
    await put(school, 'S1', {
      ...systemId('S1'),
      navn: 'BrÃ¸ttum �',
      skolenummer: { identifikatorverdi: '1' },
      kontaktinformasjon: { epostadresse: 'post hos skolen' },
    });
    await put(enrolment, 'F1', {
      ...systemId('F1'),
      gyldighetsperiode: { start: '2026-02-01T00:00:00Z', slutt: '2026-01-01T00:00:00Z' },
      avbruddsdato: '2026-01-15T00:00:00Z',
      anmerkninger: [],
      ...links({ elev: ['systemid/E1'], skole: ['systemid/S1'] }),
    });
    assert.deepEqual(await findings(enrolment), {
      'date-order avbruddsdato': '1/1',
      'date-order gyldighetsperiode/slutt': '1/1',
      'missing-attribute beskrivelse': '1/1',
    });
    assert.deepEqual(await findings(school), {
      'damaged-text navn': '1/1',
      'email kontaktinformasjon/epostadresse': '1/1',
    });
  });

  test('letters that only look damaged are not', async () => {
    await put(school, 'S1', {
      ...systemId('S1'),
      navn: 'SÃO PAULO Ãrø Áŋŋel Ø',
      skolenummer: { identifikatorverdi: '1' },
    });
    assert.deepEqual(await findings(school), {});
  });
});

describe('what is told', () => {
  test('each rule in both languages', () => {
    for (const row of Object.values(qualityRules)) assert.ok(row.nb.endsWith('.') && row.en.endsWith('.'));
  });

  test('by application that delivers, and score', async () => {
    await put(school, 'S1', { ...systemId('S1'), navn: 'Ã¸', skolenummer: { identifikatorverdi: '1' } }, 'one');
    await put(school, 'S2', { ...systemId('S2'), navn: 'Skole', skolenummer: { identifikatorverdi: '2' } }, 'two');
    await world.quality.catchUp(organisation);
    const summary = await world.quality.summary(organisation, {});
    assert.deepEqual(summary.score, { examined: 2, flawed: 1, score: 0.5 });
    assert.deepEqual(summary.sources, [
      { collection: school, source: 'one', examined: 1, flawed: 1, score: 0 },
      { collection: school, source: 'two', examined: 1, flawed: 0, score: 1 },
    ]);
    assert.deepEqual(summary.collections, [{ collection: school, source: null, examined: 2, flawed: 1, score: 0.5 }]);
    // The other one takes it over.
    await put(school, 'S1', { ...systemId('S1'), navn: 'Skolen', skolenummer: { identifikatorverdi: '1' } }, 'two');
    await world.quality.catchUp(organisation);
    assert.deepEqual((await world.quality.summary(organisation, {})).sources, [
      { collection: school, source: 'two', examined: 2, flawed: 0, score: 1 },
    ]);
  });
});

const faults = (text: string): readonly string[] => {
  const read = readQualityRules(new Map([['quality.yaml', text]]), model);
  return read.ok ? [] : (read.problem.errors ?? []).map(({ at, message }) => `${at}: ${message}`);
};

describe('quality.yaml', () => {
  test('is not needed', () => assert.ok(readQualityRules(new Map(), model).ok));

  for (const [text, fault] of [
    ['checks: {', /yaml/],
    ['rules: {}', /checks: is missing/],
    ['checks: { felles:Nobody: [] }', /felles:Nobody: the model has no such class/],
    ['checks: { felles:Person: x }', /takes a list/],
    ['checks: { felles:Person: [x] }', /\[0\]: takes a map/],
    ['checks: { felles:Person: [{ check: magic }] }', /there is no check 'magic'/],
    ['checks: { felles:Person: [{ check: national-id }] }', /'attribute' names an attribute/],
    ['checks: { felles:Person: [{ check: email, attribute: navn/fornavn/x }] }', /has no attribute 'navn\/fornavn\/x'/],
    ['checks: { felles:Person: [{ check: national-id, attribute: fodselsnummer, born: f }] }', /no attribute 'f'/],
    ['checks: { felles:Person: [{ check: date-order, first: fodselsdato }] }', /'last' names/],
    ['checks: { felles:Person: [{ check: text-form, attribute: fodselsnummer }] }', /'form' is a regular expression/],
    [`checks: { felles:Person: [{ check: text-form, attribute: fodselsnummer, form: '[' }] }`, /'form' is a regular/],
    ['checks: { felles:Person: [{ check: text-form, attribute: alder, form: x }] }', /has no attribute 'alder'/],
    ['checks: { felles:Person: [{ check: number-range, attribute: fodselsnummer }] }', /'from' and 'to' are numbers/],
    ['checks: { felles:Person: [{ check: number-range, attribute: fodselsnummer, from: 2, to: 1 }] }', /in order/],
    [`checks: { felles:Person: [{ check: number-range, attribute: fodselsnummer, to: '1' }] }`, /are numbers/],
  ] as const)
    test(`refuses ${text}`, () => assert.match(faults(text).join('\n'), fault));
});
