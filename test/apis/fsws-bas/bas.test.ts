// FSWS-BAS over a small institution: what it tells of whom, over REST and SOAP and by its schema, what it writes, and that it is not there for those who
// have not been given it.
import { after, before, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { createClientAsync } from 'soap';
import { limits } from '#base/limits.ts';
import { xsdCheck } from '#formats/xml/validate-xsd.ts';
import { bySystemId, grant, identified, nationalId, onlyGrants, put, remove } from '../../hub/world.ts';
import { at } from '../fs-graphql/fs-world.ts';
import { everything, hubOwned, sourceOwned } from '../fs-graphql/mutations/mutation-world.ts';
import { namespace, openBasWorld, prefix, soapPath, type Answered, type BasWorld } from './bas-world.ts';

/** The texts of an element, in order. */
const all = (text: string, name: string): readonly string[] =>
  [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value = '']) => value);

/** Midnight of so many days after the one that is today here. */
const dayAfter = (days: number): string => new Date(Date.UTC(2026, 0, 5) + days * 86_400_000).toISOString();

const persons = (text: string): readonly string[] => text.match(/<person>.*?<\/person>/gs) ?? [];

const asJson = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** What a fault says, for those who have the schema. */
const detail = (text: string): Buffer => Buffer.from(/<detail>(.*)<\/detail>/s.exec(text)?.[1] ?? '');

/** What is sent about a person. */
const sentOf = (inner: string): Buffer =>
  Buffer.from(`<person xmlns="${namespace}"><personlopenr>102</personlopenr>${inner}</person>`);

const lists: readonly (readonly [path: string, rows: string, some: number])[] = [
  ['/hent/personer', 'person', 3],
  ['/hent/personer?status=aktiv', 'person', 2],
  ['/hent/personer?side=1', 'person', 3],
  ['/hent/studenter?arstall=2026&terminkode=V%C3%85R', 'student', 1],
  ['/hent/studenter?arstall=2025&terminkode=HOST', 'student', 1],
  ['/hent/fagpersoner', 'fagperson', 1],
  ['/hent/semesterregistreringer?arstall=2026&terminkode=VAR', 'semesterregistrering', 1],
  ['/hent/studieretter', 'studierett', 2],
  ['/hent/personroller', 'personrolle', 2],
  ['/hent/fnrendringer', 'fnrendring', 1],
  ['/hent/dode', 'person', 1],
  ['/hent/steder', 'sted', 3],
  ['/hent/studieprogrammer', 'studieprogram', 4],
  ['/hent/emner', 'emne', 3],
  ['/hent/kull', 'kull', 5],
  ['/hent/undervisningsenheter', 'undervisningsenhet', 3],
  ['/hent/undervisningsaktiviteter', 'undervisningsaktivitet', 1],
];

describe('FSWS-BAS', () => {
  let world: BasWorld;
  let check: ReturnType<typeof xsdCheck>;
  let ask: (path: string, init?: RequestInit) => Promise<Answered>;

  before(async () => {
    world = await openBasWorld();
    ask = (path, init) => world.ask(`${prefix}${path}`, init);
    check = xsdCheck((await ask('/schema/bas.xsd')).text, () => null);
  });
  after(async () => {
    check.close();
    await world.close();
  });

  const valid = ({ text }: Pick<Answered, 'text'>): void =>
    assert.deepEqual(check.check(Buffer.from(text)), [], text.slice(0, 2_000));

  const got = async (path: string, init?: RequestInit): Promise<string> => {
    const answer = await ask(path, init);
    assert.equal(answer.status, 200, `${path}: ${answer.text}`);
    valid(answer);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    return answer.text;
  };

  const person = (inner: string): Promise<string> => got(`/hent/person/${inner}`);

  describe('reading', () => {
    it('finds a person by what identifies somebody, without the domain of the user name', async () => {
      for (const query of [
        'personlopenr=101',
        'brukernavn=kari%40test.no',
        'epost=kari%40test.no',
        `fnr=${nationalId(1)}`,
      ]) {
        const text = await got(`/hent/personid?${query}`);
        assert.deepEqual(all(text, 'personlopenr'), ['101'], query);
        assert.deepEqual(all(text, 'brukernavn'), ['kari']);
      }
      for (const query of ['personlopenr=999', 'brukernavn=ingen%40test.no', `fnr=${nationalId(99)}`]) {
        const none = await ask(`/hent/personid?${query}`);
        assert.equal(none.status, 404);
        valid(none);
      }
      for (const query of [
        '',
        'personlopenr=101&epost=x',
        'fnr=123',
        'personlopenr=x',
        'navn=Kari',
        'personlopenr=101&personlopenr=102',
      ])
        assert.equal((await ask(`/hent/personid?${query}`)).status, 400, query);
    });

    it('tells what is known about a person, in XML and JSON', async () => {
      const text = await person('101');
      for (const [name, value] of [
        ['fodselsdato', String(Number(nationalId(1).slice(0, 6)))],
        ['personnr', nationalId(1).slice(6)],
        ['fornavn', 'Kari'],
        ['etternavn', 'Åsen'],
        ['brukernavn', 'kari@test.no'],
        ['epostInstitusjon', 'kari@test.no'],
        ['studentnr', '500101'],
        ['statusAktiv', 'J'],
        ['statusDod', 'N'],
      ] as const)
        assert.deepEqual(all(text, name), [value], name);
      const json = JSON.parse(
        (await ask('/hent/person/101', { headers: { accept: 'application/json' } })).text,
      ) as Record<string, unknown>;
      assert.equal(json['personlopenr'], 101);
      assert.equal(json['etternavn'], 'Åsen');
      assert.deepEqual(all(await person('104'), 'statusAktiv'), ['J']);
    });

    it('gives every list by the schema, and as JSON with the same rows', async () => {
      for (const [path, row, some] of lists) {
        const text = await got(path);
        assert.equal(text.split(`<${row}>`).length - 1, some, `${path}: ${text}`);
        const json = JSON.parse((await ask(path, { headers: { accept: 'application/json' } })).text) as Record<
          string,
          unknown
        >;
        assert.equal((json[row] as readonly unknown[]).length, some, path);
      }
    });

    it('chooses by day, by what has changed and by page', async () => {
      assert.deepEqual(all(await got('/hent/personroller?gyldigPaa=2026-02-01'), 'rollenr'), ['1']);
      assert.deepEqual(all(await got('/hent/personroller?gyldigPaa=2020-02-01'), 'rollenr'), []);
      assert.deepEqual(all(await got('/hent/fnrendringer?fraDato=2026-01-05'), 'dato'), ['2026-01-05']);
      assert.deepEqual(all(await got('/hent/fnrendringer?fraDato=2026-01-06'), 'dato'), []);
      assert.equal(all(await got('/hent/dode?fraDato=2020-01-01'), 'personlopenr').length, 1);
      assert.equal(all(await got('/hent/dode?fraDato=2030-01-01'), 'personlopenr').length, 0);
      assert.equal(all(await got('/hent/personer?endretSiden=2020-01-01'), 'personlopenr').length, 3);
      assert.equal(all(await got('/hent/personer?endretSiden=2030-01-01T00:00:00Z'), 'personlopenr').length, 0);
      assert.deepEqual(await got('/hent/personer?side=1'), await got('/hent/personer'));
      assert.deepEqual(all(await got('/hent/personer?side=2'), 'personlopenr'), []);
      for (const path of [
        '/hent/personer?endretSiden=i+gar',
        '/hent/personer?side=0',
        '/hent/personer?status=x',
        '/hent/studenter?arstall=2026',
        '/hent/studenter?arstall=2026&terminkode=X',
        '/hent/dode?fraDato=01.01.2026',
      ])
        assert.equal((await ask(path)).status, 400, path);
    });

    it('finds by a choice of the store exactly those who are told to be active, and pages of them', async () => {
      const people = Array.from({ length: 48 }, (_, index) => 900 + index);
      const ends = [undefined, -400, -1, 0, 1, 400] as const;
      const of = (number: number) => {
        const [id, place] = [String(number), number - 900];
        const [from, to] = [ends[place % 6], ends[Math.floor(place / 6) % 6]];
        const period = {
          ...(from === undefined ? {} : { fraDato: dayAfter(from) }),
          ...(to === undefined ? {} : { tilDato: dayAfter(to) }),
        };
        return { id, place, period };
      };
      await put(
        world,
        at.person,
        people.map((number) => ({
          systemId: identified(`XA${number}`),
          naturligNokkel: identified(String(number)),
          personlopenummer: identified(String(number)),
          navn: { fornavn: 'Prøve', etternavn: 'Person' },
          adressebeskyttelse: 'ugradert',
          ...(number % 7 === 0 ? { erDod: number % 14 === 0 } : {}),
          links: {},
        })),
      );
      await put(
        world,
        at.right,
        people.map(of).map(({ id, place, period }) => ({
          systemId: identified(`RA${id}`),
          naturligNokkel: identified(`${id},TEST,2026,VÅR`),
          ...(place % 11 === 0 ? {} : { studierettperiode: period }),
          links: { personProfil: [bySystemId(at.person, `XA${id}`)] },
        })),
      );
      await put(
        world,
        at.staff,
        people
          .filter((number) => number % 5 === 0)
          .map((number) => ({
            systemId: identified(`FA${number}`),
            naturligNokkel: identified(String(number)),
            erAktiv: number % 10 === 0,
            links: { personProfil: [bySystemId(at.person, `XA${number}`)] },
          })),
      );
      const everybody = persons(await got('/hent/personer'));
      const activeOnes = everybody.filter((one) => one.includes('<statusAktiv>J<'));
      assert.ok(activeOnes.length > 15 && activeOnes.length < everybody.length - 10, String(activeOnes.length));
      const since = 'endretSiden=2020-01-01';
      for (const [query, expected] of [
        ['status=aktiv', activeOnes],
        [`status=aktiv&${since}`, activeOnes],
        [since, everybody],
      ] as const) {
        assert.deepEqual(persons(await got(`/hent/personer?${query}`)), expected, query);
        assert.deepEqual(persons(await got(`/hent/personer?${query}&side=1`)), expected, query);
        assert.deepEqual(persons(await got(`/hent/personer?${query}&side=2`)), []);
      }
      // Gone again, for those that count rows.
      for (const number of people) {
        if (number % 5 === 0) await remove(world, at.staff, 'systemid', `FA${number}`);
        await remove(world, at.right, 'systemid', `RA${number}`);
        await remove(world, at.person, 'systemid', `XA${number}`);
      }
    });

    it('says nothing of protected persons, and nothing to whom nothing is granted', async () => {
      for (const path of [
        '/hent/person/103',
        '/hent/personid?brukernavn=hemmelig%40test.no',
        `/hent/personid?fnr=${nationalId(3)}`,
      ])
        assert.equal((await ask(path)).status, 404, path);
      for (const [path] of lists) assert.doesNotMatch(await got(path), /103|500103|Hemmelig/, path);
      for (const authorization of ['Bearer other', 'Bearer dal']) {
        assert.equal((await ask('/hent/person/101', { headers: { authorization } })).status, 404);
        for (const [path] of lists) assert.equal((await ask(path, { headers: { authorization } })).status, 404, path);
      }
    });
  });

  const done = async (path: string, members: string): Promise<void> => {
    const answer = await world.post(path, members);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(all(answer.text, 'kode'), ['0']);
    valid(answer);
  };
  const refused = async (path: string, members: string, status: number, says: RegExp): Promise<void> => {
    const position = await world.position();
    const answer = await world.post(path, members);
    assert.equal(answer.status, status, answer.text);
    assert.match(answer.text, says);
    valid(answer);
    assert.equal(await world.position(), position);
  };

  const phoneAsJson = (telefonMobil: unknown) => ask('/oppdater/telefon', asJson({ personlopenr: 102, telefonMobil }));

  describe('writing', () => {
    before(() => world.owned(hubOwned));

    it('writes what user administration gives back, of whoever is named', async () => {
      await done('/oppdater/epost', '<personlopenr>101</personlopenr><epostPrivat>kari@hjemme.test</epostPrivat>');
      await done('/oppdater/brukernavn', `<fnr>${nationalId(1)}</fnr><brukernavn>karia@test.no</brukernavn>`);
      await done(
        '/oppdater/telefon',
        '<studentnr>500101</studentnr><telefonMobil><landnr>47</landnr><nr>40000001</nr></telefonMobil>',
      );
      await done('/oppdater/ansattnr', '<brukernavn>karia@test.no</brukernavn><ansattnr>A-17</ansattnr>');
      const text = await person('101');
      assert.deepEqual(all(text, 'epostPrivat'), ['kari@hjemme.test']);
      assert.deepEqual(all(text, 'epostInstitusjon'), ['kari@test.no']);
      assert.deepEqual(all(text, 'brukernavn'), ['karia@test.no']);
      assert.match(text, /<telefonMobil><landnr>47<\/landnr><nr>40000001<\/nr><\/telefonMobil>/);
      assert.deepEqual(all(text, 'ansattnr'), ['A-17']);
      await done('/oppdater/brukernavn', '<ansattnr>A-17</ansattnr><brukernavn>kari@test.no</brukernavn>');
    });

    it('takes away what is given empty, and leaves what is not given', async () => {
      await done(
        '/oppdater/epost',
        '<personlopenr>102</personlopenr><epostPrivat>ola@hjemme.test</epostPrivat><epostArbeid>ola@arbeid.test</epostArbeid>',
      );
      await done('/oppdater/epost', '<personlopenr>102</personlopenr><epostPrivat/>');
      const mails = await person('102');
      assert.deepEqual([all(mails, 'epostPrivat'), all(mails, 'epostArbeid')], [[], ['ola@arbeid.test']]);
      const phone = (inner: string) => done('/oppdater/telefon', `<personlopenr>102</personlopenr>${inner}`);
      const first = await person('102');
      await phone('<telefonMobil><landnr>47</landnr><nr>40000009</nr></telefonMobil>');
      await phone('<telefonMobil><landnr/><nr>40000010</nr></telefonMobil>');
      assert.match(await person('102'), /<telefonMobil><nr>40000010<\/nr><\/telefonMobil>/);
      await phone('<telefonMobil></telefonMobil>');
      assert.deepEqual(all(await person('102'), 'nr'), []);
      assert.equal(await person('102'), first);
      // In JSON an empty text does the same, and null is as not given.
      assert.equal((await ask('/oppdater/epost', asJson({ personlopenr: 102, epostArbeid: null }))).status, 400);
      assert.equal((await ask('/oppdater/epost', asJson({ personlopenr: 102, epostArbeid: '' }))).status, 200);
      assert.deepEqual(all(await person('102'), 'epostArbeid'), []);
      // Whom it is about is not to be left empty, nor what says nothing when it is.
      await refused('/oppdater/epost', '<personlopenr/><epostPrivat/>', 400, /exactly one of/);
      await refused('/oppdater/telefon', '<personlopenr>102</personlopenr>', 400, /telefonMobil is missing/);
      await refused(
        '/oppdater/telefon',
        '<personlopenr>102</personlopenr><telefonMobil><landnr>47</landnr></telefonMobil>',
        400,
        /nr is missing/,
      );
      await refused('/fagperson/deaktiver', '<personlopenr>102</personlopenr><statusAktiv/>', 400, /not known here/);
    });

    it('clears by an empty text of JSON alone, never by an object that says nothing', async () => {
      assert.equal((await phoneAsJson({ landnr: '47', nr: '40000011' })).status, 200);
      const kept = await person('102');
      for (const nothing of [
        {},
        { landnr: null, nr: null },
        { landnr: {} },
        { landnr: { nr: null }, nr: null },
        { '#': ' ' },
        [{}],
        [],
        null,
      ]) {
        const answer = await phoneAsJson(nothing);
        assert.equal(answer.status, 400, JSON.stringify(nothing));
        assert.match(answer.text, /telefonMobil is missing/);
        const mail = await ask('/oppdater/epost', asJson({ personlopenr: 102, epostInstitusjon: nothing }));
        assert.equal(mail.status, 400, JSON.stringify(nothing));
        assert.equal(await person('102'), kept, JSON.stringify(nothing));
      }
      assert.equal((await phoneAsJson('')).status, 200);
      assert.deepEqual(all(await person('102'), 'nr'), []);
    });

    it('does not take away what identifies somebody', async () => {
      await done('/oppdater/ansattnr', '<personlopenr>102</personlopenr><ansattnr>A-99</ansattnr>');
      const kept = await person('102');
      assert.deepEqual([all(kept, 'ansattnr'), all(kept, 'brukernavn').length], [['A-99'], 1]);
      for (const [name, type, good] of [
        ['brukernavn', 'oppdaterBrukernavn', 'x@test.no'],
        ['ansattnr', 'oppdaterAnsattnr', 'A-1'],
      ] as const) {
        const says = new RegExp(`<kode>220<.*/person/${name} `);
        for (const empty of [`<${name}/>`, `<${name}> </${name}>`])
          await refused(`/oppdater/${name}`, `<personlopenr>102</personlopenr>${empty}`, 400, says);
        for (const empty of ['', ' ', {}, null]) {
          const answer = await ask(`/oppdater/${name}`, asJson({ personlopenr: 102, [name]: empty }));
          assert.equal(answer.status, 400, answer.text);
          assert.match(answer.text, says);
        }
        const schema = xsdCheck((await ask(`/schema/${type}.xsd`)).text, () => null);
        assert.deepEqual(schema.check(sentOf(`<${name}>${good}</${name}>`)), []);
        assert.notDeepEqual(schema.check(sentOf(`<${name}/>`)), [], name);
        schema.close();
      }
      assert.equal(await person('102'), kept);
    });

    it('is described as taking empty what may be taken away', async () => {
      for (const [name, good, bad] of [
        ['oppdaterEpost', '<epostPrivat/>', '<epostPrivat>x</epostPrivat>'],
        ['oppdaterTelefon', '<telefonMobil/>', '<telefonMobil><landnr/></telefonMobil>'],
      ] as const) {
        const schema = xsdCheck((await ask(`/schema/${name}.xsd`)).text, () => null);
        assert.deepEqual(schema.check(sentOf(good)), [], name);
        assert.notDeepEqual(schema.check(sentOf(bad)), [], name);
        schema.close();
      }
    });

    it('takes the picture of a student', async () => {
      const bilde = Buffer.alloc(49_152, 7).toString('base64');
      assert.equal(bilde.length, limits.pictureTextLength);
      await done(
        '/oppdater/bilde',
        `<personlopenr>101</personlopenr><filtype>image/jpeg</filtype><bilde>${bilde}</bilde>`,
      );
      await refused(
        '/oppdater/bilde',
        `<personlopenr>104</personlopenr><filtype>image/jpeg</filtype><bilde>${bilde}</bilde>`,
        404,
        /<kode>100</,
      );
      await refused(
        '/oppdater/bilde',
        '<personlopenr>101</personlopenr><filtype>image/gif</filtype><bilde>AAAA</bilde>',
        400,
        /filtype/,
      );
      await refused(
        '/oppdater/bilde',
        '<personlopenr>101</personlopenr><filtype>image/png</filtype><bilde>?</bilde>',
        400,
        /base64/,
      );
      const larger = Buffer.alloc(49_153, 7).toString('base64');
      await refused(
        '/oppdater/bilde',
        `<personlopenr>101</personlopenr><filtype>image/jpeg</filtype><bilde>${larger}</bilde>`,
        400,
        /<kode>2(?:19|20)</,
      );
    });

    it('makes, changes and deactivates academic staff', async () => {
      await done(
        '/fagperson/opprett',
        '<personlopenr>102</personlopenr><stillingstittel>Lektor</stillingstittel><sted>7777,59,0,0</sted>',
      );
      assert.match(
        await got('/hent/fagpersoner'),
        /<personlopenr>102<.*<stillingstittel>Lektor<.*<sted>7777,59,0,0<.*<statusAktiv>J</,
      );
      await refused('/fagperson/opprett', '<personlopenr>102</personlopenr>', 409, /<kode>112</);
      await done('/fagperson/oppdater', '<personlopenr>102</personlopenr><stillingstittel>Dosent</stillingstittel>');
      await done('/fagperson/deaktiver', '<brukernavn>ola@test.no</brukernavn>');
      assert.match(await got('/hent/fagpersoner'), /<personlopenr>102<.*<stillingstittel>Dosent<.*<statusAktiv>N</);
      await refused(
        '/fagperson/oppdater',
        '<personlopenr>101</personlopenr><stillingstittel>x</stillingstittel>',
        404,
        /<kode>100</,
      );
      await refused(
        '/fagperson/oppdater',
        '<personlopenr>102</personlopenr><sted>7777,1,1,1</sted>',
        422,
        /<kode>113<.*sted/,
      );
    });

    it('refuses who is named wrongly, and what cannot be kept', async () => {
      const mail = '<epostPrivat>a@b.test</epostPrivat>';
      await refused('/oppdater/epost', mail, 400, /exactly one of personlopenr, fnr/);
      await refused(
        '/oppdater/epost',
        `<personlopenr>101</personlopenr><fnr>${nationalId(1)}</fnr>${mail}`,
        400,
        /exactly one/,
      );
      await refused('/oppdater/epost', `<personlopenr>999</personlopenr>${mail}`, 404, /<kode>100</);
      await refused('/oppdater/epost', `<personlopenr>103</personlopenr>${mail}`, 404, /<kode>100</);
      await refused('/oppdater/epost', '<personlopenr>101</personlopenr>', 400, /nothing to write/);
      await refused(
        '/oppdater/epost',
        '<personlopenr>101</personlopenr><epostPrivat>no address</epostPrivat>',
        400,
        /epostPrivat/,
      );
      await refused('/oppdater/brukernavn', '<brukernavn>x@test.no</brukernavn>', 400, /exactly one/);
      await refused(
        '/oppdater/brukernavn',
        '<personlopenr>101</personlopenr><brukernavn>lars@test.no</brukernavn>',
        409,
        /<kode>112<.*brukernavn/,
      );
    });

    it('says what is taken and not decided, and later what became of it', async () => {
      await world.owned(sourceOwned);
      const waiting = world.post(
        '/oppdater/epost',
        '<personlopenr>104</personlopenr><epostArbeid>lars@arbeid.test</epostArbeid>',
      );
      const answer = await waiting;
      assert.equal(answer.status, 202, answer.text);
      assert.deepEqual(all(answer.text, 'kode'), ['10']);
      assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
      valid(answer);
      const [reference = ''] = all(answer.text, 'referanse');
      assert.equal((await ask(`/status/${reference}`)).status, 202);
      assert.equal((await ask(`/status/${reference}x`)).status, 404);
      const [event] = await world.poll(at.person);
      assert.ok(event !== undefined);
      assert.equal(await world.answer(event.id, { state: 'rejected', message: 'Adressen er låst.' }), 'ok');
      const decided = await ask(`/status/${reference}`);
      assert.equal(decided.status, 422);
      assert.match(decided.text, /<kode>11<.*Adressen er låst/);
      valid(decided);
      await world.owned(hubOwned);
    });

    it('tells apart what a source makes of a write, with words also where it gives none', async () => {
      await world.owned(sourceOwned);
      for (const [state, http, code] of [
        ['rejected', 422, 11],
        ['failed', 502, 12],
        ['conflict', 409, 114],
        ['expired', 504, 13],
      ] as const) {
        const taken = await world.post(
          '/oppdater/epost',
          `<personlopenr>104</personlopenr><epostArbeid>${state}@arbeid.test</epostArbeid>`,
        );
        assert.equal(taken.status, 202, taken.text);
        const [reference = ''] = all(taken.text, 'referanse');
        const event = (await world.poll(at.person)).at(-1);
        if (state === 'expired') world.clock.move(16 * 60_000);
        else {
          // Beside a conflict stands what the source has.
          const has =
            state === 'conflict' ? [{ identifier: null, resource: JSON.parse(event?.value ?? '') as unknown }] : [];
          assert.equal(await world.answer(event?.id ?? '', { state, message: '', resources: has }), 'ok');
        }
        const decided = await ask(`/status/${reference}`);
        assert.equal(decided.status, http, `${state}: ${decided.text}`);
        assert.deepEqual(all(decided.text, 'kode'), [String(code)], decided.text);
        assert.match(decided.text, /<melding>[^<:]+: The source system [^<]+\.</);
        valid(decided);
        const over = await world.soap('hentStatus', `<referanse>${reference}</referanse>`);
        assert.deepEqual(all(over.text, 'kode'), [String(code)], over.text);
        const server = state === 'failed' || state === 'expired';
        assert.deepEqual(all(over.text, 'faultcode'), [server ? 'soap:Server' : 'soap:Client']);
      }
      await world.owned(hubOwned);
    });

    it('says of what its owner keeps closed that it cannot be written here', async () => {
      await world.owned([{ pattern: '*', policy: 'closed', deadlineMinutes: null }]);
      const mail = '<personlopenr>101</personlopenr><epostPrivat>a@b.test</epostPrivat>';
      await refused('/oppdater/epost', mail, 404, /<kode>115</);
      await world.owned(hubOwned);
    });

    it('writes nothing for those who may only read', async () => {
      await onlyGrants(world, {});
      assert.notEqual(
        (await world.post('/oppdater/epost', '<personlopenr>101</personlopenr><epostPrivat>a@b.test</epostPrivat>'))
          .status,
        200,
      );
      await onlyGrants(world, everything, { application: 'adapter', actions: ['deliver'] });
      await grant(world);
    });
  });

  describe('over SOAP', () => {
    it('answers an independent client with the same, and is described as retiring and reconstructed', async () => {
      const client = await createClientAsync(`${world.url}${soapPath}?wsdl`);
      client.addHttpHeader('Authorization', 'Bearer app');
      const invoke: unknown = client['hentPersonAsync'];
      assert.ok(typeof invoke === 'function');
      const [{ person: found }] = (await Reflect.apply(invoke, client, [{ personlopenr: 101 }])) as readonly [
        { readonly person: Readonly<Record<string, unknown>> },
      ];
      assert.equal(found['etternavn'], 'Åsen');
      assert.deepEqual(
        Object.keys((client.describe() as Record<string, Record<string, object>>)['BasService']?.['BasSoap11'] ?? {}),
        [
          'hentPersonId',
          'hentPerson',
          'hentPersoner',
          'oppdaterEpost',
          'oppdaterBrukernavn',
          'oppdaterTelefon',
          'opprettFagperson',
          'oppdaterFagperson',
          'hentStatus',
        ],
      );
      assert.match((await world.ask(`${soapPath}?wsdl`)).text, /Rekonstruert/);
    });

    it('answers every operation by its schema', async () => {
      const schema = xsdCheck((await world.ask(`${soapPath}?xsd=bas`)).text, () => null);
      const mail = '<epostPrivat>kari@soap.test</epostPrivat>';
      for (const [name, inner] of [
        ['hentPersonId', '<brukernavn>kari@test.no</brukernavn>'],
        ['hentPerson', '<personlopenr>101</personlopenr>'],
        ['hentPersoner', '<status>aktiv</status>'],
        ['oppdaterEpost', `<person><personlopenr>101</personlopenr>${mail}</person>`],
        [
          'oppdaterBrukernavn',
          '<person><personlopenr>101</personlopenr><brukernavn>kari@test.no</brukernavn></person>',
        ],
        [
          'oppdaterTelefon',
          '<person><personlopenr>101</personlopenr><telefonMobil><nr>40000002</nr></telefonMobil></person>',
        ],
        [
          'oppdaterFagperson',
          '<person><personlopenr>104</personlopenr><stillingstittel>Lektor</stillingstittel></person>',
        ],
        [
          'opprettFagperson',
          '<person><personlopenr>101</personlopenr><stillingstittel>Hjelpelærer</stillingstittel></person>',
        ],
        ['oppdaterTelefon', '<person><personlopenr>101</personlopenr><telefonMobil/></person>'],
      ] as const) {
        assert.deepEqual(schema.check(Buffer.from(`<${name} xmlns="${namespace}">${inner}</${name}>`)), [], name);
        const answer = await world.soap(name, inner);
        assert.equal(answer.status, 200, answer.text);
        const body = /<soap:Body>(.*)<\/soap:Body>/s.exec(answer.text)?.[1] ?? '';
        assert.deepEqual(schema.check(Buffer.from(body)), [], body);
      }
      assert.deepEqual(all(await person('101'), 'epostPrivat'), ['kari@soap.test']);
      const none = await world.soap('hentPerson', '<personlopenr>103</personlopenr>');
      assert.equal(none.status, 500);
      assert.match(none.text, /<feil xmlns=.*<kode>100</);
      assert.deepEqual(schema.check(detail(none.text)), []);
      // What is not decided, and how that is asked for.
      await world.owned(sourceOwned);
      const taken = await world.soap('oppdaterEpost', `<person><personlopenr>101</personlopenr>${mail}</person>`);
      const answered = /<soap:Body>(.*)<\/soap:Body>/s.exec(taken.text)?.[1] ?? '';
      assert.deepEqual(schema.check(Buffer.from(answered)), [], answered);
      const [reference = ''] = all(taken.text, 'referanse');
      assert.deepEqual(all(taken.text, 'kode'), ['10']);
      const later = await world.soap('hentStatus', `<referanse>${reference}</referanse>`);
      const told = /<soap:Body>(.*)<\/soap:Body>/s.exec(later.text)?.[1] ?? '';
      assert.deepEqual(schema.check(Buffer.from(told)), [], told);
      assert.deepEqual(all(told, 'kode'), ['10']);
      const [event] = await world.poll(at.person);
      assert.equal(await world.answer(event?.id ?? '', { state: 'rejected', message: 'Nei.' }), 'ok');
      const refusal = await world.soap('hentStatus', `<referanse>${reference}</referanse>`);
      assert.deepEqual(schema.check(detail(refusal.text)), [], refusal.text);
      assert.match(refusal.text, /<kode>11</);
      await world.owned(hubOwned);
      schema.close();
    });

    it('is as if it were not there for an institution that has not switched it on', async () => {
      world.switchTo(false);
      const off = await world.soap('hentPerson', '<personlopenr>101</personlopenr>');
      assert.equal(off.status, 404);
      assert.doesNotMatch(off.text, /Kari/);
      world.switchTo(true);
      assert.equal((await world.soap('hentPerson', '<personlopenr>101</personlopenr>')).status, 200);
    });
  });

  it('tells its version to all', async () => {
    const answer = await world.ask('/fsrest/Versjon', { headers: { authorization: '' } });
    assert.deepEqual([answer.status, answer.text], [200, '1.0.0\n']);
  });
});
