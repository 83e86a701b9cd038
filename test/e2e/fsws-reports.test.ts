// FSWS-STUDRAPP, -STUDINFO2 and -BRIS of a whole hub over the small university: what is told is as the served schemas say, in every form the same, of nobody
// who is protected; and bad input is refused in the form of the services.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createClientAsync } from 'soap';
import { xsdCheck } from '#formats/xml/validate-xsd.ts';
import { deliver } from '#sandbox/adapter.ts';
import { university } from '#sandbox/university.ts';
import type { Answer, Sent } from './caller.ts';
import { startHub, type HubUnderTest } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';

const made = university({ seed: 42, size: 'small', asOf: '2026-11-01' });
const organisation = made.organisation.id;
const { students, protected: hidden } = made.known;
const number = made.institutionNumber;

const at = {
  studrapp: '/fsrest/rest/studrapp',
  studinfo: '/fsrest/rest/studinfo2',
  bris: '/fsrest/rest/bris',
} as const;
const place = await temporaryPlace();
let hub: HubUnderTest;
const schemas = new Map<string, ReturnType<typeof xsdCheck>>();

const ask = async (target: string, sent: Sent = {}, who = 'plain', method = 'GET'): Promise<Answer> =>
  (await hub.as(who)).send(method, target, sent);

/** What is told, held against the schema that is served. */
const xml = async (target: string, schema: string, who = 'plain'): Promise<string> => {
  const answer = await ask(target, {}, who);
  assert.equal(answer.status, 200, `${target}: ${answer.text.slice(0, 300)}`);
  assert.equal(answer.headers['content-type'], 'application/xml; charset=utf-8');
  await valid(answer.text, schema);
  return answer.text;
};

const valid = async (text: string, schema: string): Promise<void> => {
  let check = schemas.get(schema);
  if (check === undefined) {
    const served = await ask(schema);
    assert.equal(served.status, 200, schema);
    schemas.set(schema, (check = xsdCheck(served.text, () => null)));
  }
  assert.deepEqual(check.check(Buffer.from(text)), [], text.slice(0, 2_000));
};

const json = async (target: string, who = 'plain'): Promise<Readonly<Record<string, unknown>>> => {
  const answer = await ask(target, { headers: { accept: 'application/json' } }, who);
  assert.equal(answer.status, 200, `${target}: ${answer.text.slice(0, 300)}`);
  return JSON.parse(answer.text) as Readonly<Record<string, unknown>>;
};

const rowsOf = (text: string, name: string): number =>
  text.split(`<${name}>`).length + text.split(`<${name} `).length - 2;

/** What stands in the body of an envelope. */
const bodyOf = (text: string): string => /<soap:Body>(.*)<\/soap:Body>/s.exec(text)?.[1] ?? '';

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** The text of an element, as what it stands for. */
const unescaped = (text: string, name: string): string =>
  (new RegExp(`<${name}>(.*)</${name}>`, 's').exec(text)?.[1] ?? '').replaceAll(
    /&(\w+);/g,
    (whole, entity: string) => entities[entity] ?? whole,
  );

before(
  async () => {
    const actions = ['read', 'list', 'write'] as const;
    hub = await startHub({
      place,
      flags: { qualityIntervalSeconds: '0' },
      organisations: [{ id: organisation, settings: { institutionNumber: number } }],
      applications: [
        { id: 'plain', kind: 'client', organisation, grant: { actions } },
        { id: 'cleared', kind: 'client', organisation, grant: { actions, clearance: 3 } },
        { id: 'nothing', kind: 'client', organisation, grant: { actions, collections: ['utdanning/elev/elev'] } },
        { id: 'partly', kind: 'client', organisation, grant: { actions, withhold: ['personal', 'national-id'] } },
        { id: 'adapter', kind: 'adapter', organisation, grant: { actions: ['deliver'] } },
      ],
    });
    const { id, secret } = hub.credentials.get('adapter') ?? { id: '', secret: '' };
    await deliver({
      baseUrl: hub.url,
      tokenEndpoint: `${hub.url}/oauth/token`,
      clientId: id,
      clientSecret: secret,
      scope: 'fint-adapter',
      orgId: organisation,
      adapterId: `https://sandbox.test/${organisation}`,
      collections: made.collections,
      pageSize: 1_000,
      concurrency: 2,
      gzip: true,
      fetch,
      now: Date.now,
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    });
  },
  { timeout: 90_000 },
);

after(async () => {
  for (const check of schemas.values()) check.close();
  await hub?.close();
  await place.remove();
});

describe('FSWS-BRIS', () => {
  const schema = `${at.bris}/schema/bris.xsd`;
  const kinds = [
    ['registrerte', 'arstall=2026&terminkode=HOST'],
    ['sokere', 'arstall=2026&terminkode=HØST'],
    ['resultater', 'arstall=2026&terminkode=VÅR'],
    ['studiepoeng', 'arstall=2026&terminkode=VAR'],
    ['kandidater', 'arstall=2026&terminkode=VÅR'],
  ] as const;

  it('tells the same figures in every form, each a multiple of five', async () => {
    let shown = 0;
    for (const [kind, term] of kinds) {
      const target = `${at.bris}/${kind}?${encodeURI(term)}`;
      const text = await xml(target, schema);
      const told = (await json(target))['rad'] as readonly Readonly<Record<string, string | number>>[];
      const csv = await ask(target, { headers: { accept: 'text/csv' } });
      assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8; header=present');
      const [head = '', ...lines] = csv.text.trimEnd().split('\r\n');
      assert.equal(lines.length, told.length, kind);
      assert.equal(rowsOf(text, 'rad'), told.length, kind);
      for (const row of told) {
        assert.deepEqual(Object.keys(row), head.split(','));
        const [figure = 0] = Object.values(row).slice(-1);
        assert.ok(kind === 'studiepoeng' || Number(figure) % 5 === 0, JSON.stringify(row));
        assert.equal(row['institusjonsnr'], number);
      }
      shown += told.length;
    }
    assert.ok(shown > 20, `only ${shown} rows`);
  });

  it('counts what one counts who may read the rows', async () => {
    type Linked = Readonly<Record<string, unknown>> & {
      readonly _links: Readonly<Record<string, readonly { readonly href: string }[]>>;
    };
    const caller = await hub.as('plain');
    const known = new Map<string, Linked>();
    const all = async (path: string): Promise<readonly Linked[]> => {
      type Page = { readonly _embedded: { readonly _entries: readonly Linked[] } };
      const { _embedded: page } = await caller.read<Page>(`/${path}?size=0`);
      for (const row of page['_entries']) for (const { href } of row['_links']['self'] ?? []) known.set(href, row);
      return page['_entries'];
    };
    const behind = (row: Linked | undefined, relation: string): readonly Linked[] =>
      (row?.['_links'][relation] ?? []).flatMap(({ href }) => known.get(href) ?? []);
    const [first = []] = await Promise.all([
      all('fs/studierett/semesterregistrering'),
      ...['fs/person/student', 'fs/person/personprofil', 'fs/studierett/programstudierett'].map(all),
      ...['fs/studietilbud/studieprogram', 'fs/termin/termin'].map(all),
    ]);
    const idOf = (row: Linked | undefined, name: string): string =>
      String((row?.[name] as { readonly identifikatorverdi?: string } | undefined)?.identifikatorverdi);
    const census = '2026-10-01';
    const cells = new Map<string, Set<Linked>>();
    for (const registration of first) {
      const [term] = behind(registration, 'termin');
      const [student] = behind(registration, 'student');
      const [person] = behind(student, 'personProfil');
      if (idOf(term, 'naturligNokkel') !== '2026,HØST' || student === undefined || person === undefined) continue;
      if (registration['erSemesterregistrert'] !== true || registration['erUgyldiggjort'] === true) continue;
      const born = String(person['fodselsdato']).slice(0, 10);
      const age = 2026 - Number(born.slice(0, 4)) - (born.slice(5) > census.slice(5) ? 1 : 0);
      const group = ['00-20', '21-25', '26-30', '31-40', '41-99'][
        [20, 25, 30, 40, 999].findIndex((most) => age <= most)
      ];
      for (const right of behind(student, 'programStudieretter')) {
        const { fraDato = '', tilDato = '9999' } = (right['studierettperiode'] ?? {}) as Readonly<
          Record<string, string>
        >;
        if (fraDato.slice(0, 10) > census || tilDato.slice(0, 10) < census) continue;
        const [programme] = behind(right, 'studieprogram');
        const gender = person['kjonn'] === 'KVINNE' ? 'K' : person['kjonn'] === 'MANN' ? 'M' : 'U';
        const cell = [idOf(programme, 'kode'), gender, group].join(' ');
        cells.set(cell, (cells.get(cell) ?? new Set()).add(student));
      }
    }
    const expected = [...cells].flatMap(([cell, { size }]) =>
      size < 3 ? [] : [`${cell} ${Math.max(5, Math.round(size / 5) * 5)}`],
    );
    const told = (await json(`${at.bris}/registrerte?arstall=2026&terminkode=HOST`))['rad'] as readonly Readonly<
      Record<string, string>
    >[];
    assert.ok(expected.length > 3, `only ${expected.length} cells`);
    assert.deepEqual(
      told
        .map((row) => [row['studieprogramkode'], row['kjonn'], row['aldersgruppe'], row['antall']].join(' '))
        .toSorted(),
      expected.toSorted(),
    );
  });

  it('tells them the same to those who are cleared for protected persons, and not at all to those who see less', async () => {
    const target = `${at.bris}/registrerte?arstall=2026&terminkode=HOST`;
    const first = await ask(target);
    assert.equal((await ask(target, {}, 'cleared')).text, first.text);
    for (const who of ['nothing', 'partly']) {
      const refused = await ask(target, {}, who);
      assert.equal(refused.status, 404);
      assert.doesNotMatch(refused.text, /<rad>/);
    }
  });

  it('narrows to a unit, and refuses other choices', async () => {
    const base = `${at.bris}/registrerte?arstall=2026&terminkode=HOST`;
    const all = (await json(base))['rad'] as readonly Readonly<Record<string, string>>[];
    const faculty = String(Number(all[0]?.['avdelingskode']?.slice(0, 2)));
    const some = (await json(`${base}&fakultetsnr=${faculty}&instituttnr=-1`))['rad'];
    assert.deepEqual(
      some,
      all.filter((row) => Number(row['avdelingskode']?.slice(0, 2)) === Number(faculty)),
    );
    for (const [more, status] of [
      ['&instituttnr=1', 400],
      ['&kjonn=K', 400],
      ['&arstall=2026', 400],
      ['&fakultetsnr=1,2', 400],
      ['&institusjonsnr=1', 404],
    ] as const) {
      const refused = await ask(base + more);
      assert.equal(refused.status, status, more);
      await valid(refused.text, schema);
    }
    const early = await ask(`${at.bris}/resultater?arstall=2090&terminkode=HOST`);
    assert.equal(early.status, 400);
    assert.match(early.text, /2091-03-01/);
  });
});

describe('FSWS-STUDRAPP', () => {
  const schema = `${at.studrapp}/schema/studrapp.xsd`;
  const term = 'arstall=2026&terminkode=HOST';

  it('lists students, results, groups, activities and placements by its schema, nobody protected among them', async () => {
    const numbers = Object.values(hidden).flatMap((one) =>
      'studentnummer' in one && typeof one.studentnummer === 'string' ? [one.studentnummer] : [],
    );
    for (const [path, row, asked] of [
      ['/lanekassen/studenter', 'student', term],
      ['/lanekassen/resultater', 'resultat', 'arstall=2026&terminkode=VAR'],
      ['/timeplan/studentgrupper', 'studentgruppe', term],
      ['/timeplan/undervisningsaktiviteter', 'undervisningsaktivitet', term],
    ] as const) {
      const text = await xml(`${at.studrapp}${path}?${asked}`, schema);
      assert.ok(rowsOf(text, row) > 0, path);
      const told = (await json(`${at.studrapp}${path}?${asked}`))[row] as readonly unknown[];
      assert.equal(told.length, rowsOf(text, row), path);
      for (const one of numbers) assert.ok(!text.includes(`>${one}<`), `${path} tells of ${one}`);
    }
    const activities = (await json(`${at.studrapp}/timeplan/undervisningsaktiviteter?${term}`))[
      'undervisningsaktivitet'
    ] as readonly { readonly aktivitet: string }[];
    let placed = 0;
    for (const { aktivitet } of activities.slice(0, 5))
      placed += rowsOf(
        await xml(`${at.studrapp}/timeplan/studentplasseringer?aktivitet=${encodeURIComponent(aktivitet)}`, schema),
        'studentplassering',
      );
    assert.ok(placed > 0);
  });

  it('works out collisions of those who are placed', async () => {
    const target = `${at.studrapp}/timeplan/kollisjoner?${term}`;
    const text = await xml(target, schema);
    const told = (await json(target))['kollisjon'] as readonly unknown[];
    assert.equal(told.length, rowsOf(text, 'kollisjon'));
  });
});

/** Who decides on writes. */
const owned = async (policy: 'hub' | 'source' | 'closed') => {
  const found = await hub.platform.organisation(organisation);
  assert.ok(found !== null);
  const writes = [{ pattern: '*', policy, deadlineMinutes: policy === 'source' ? 15 : null }];
  await hub.platform.putOrganisation({ ...found, settings: { ...found.settings, writes } });
};

const norwegian = (day: string) => day.split('-').toReversed().join('.');

describe('the report of a study stay', () => {
  const fnr = students.abroad.fodselsnummer ?? '';
  const stayAt = `/fs/studierett/utreisendeutveksling/systemid/UT-${students.abroad.personlopenummer}`;
  const report = (from: string, to: string, format: string, who = 'plain') =>
    ask(
      `${at.studrapp}/lanekassen/delstudier`,
      {
        body: `<delstudie><fnr>${fnr}</fnr><instnr>${number}</instnr><delstudie_start dtf="${format}">${from}</delstudie_start><delstudie_slutt dtf="${format}">${to}</delstudie_slutt></delstudie>`,
        headers: { 'content-type': 'text/xml' },
      },
      who,
      'POST',
    );
  type Stay = { readonly utreiseperiode: { readonly fraDato: string; readonly tilDato: string } };
  const stay = async (): Promise<readonly string[]> => {
    const { utreiseperiode } = await (await hub.as('plain')).read<Stay>(stayAt);
    return [utreiseperiode.fraDato.slice(0, 10), utreiseperiode.tilDato.slice(0, 10)];
  };

  it('sets the days of the one stay that the student has in the period', async () => {
    await owned('hub');
    const [from = '', to = ''] = await stay();
    const later = `${from.slice(0, 8)}17`;
    const done = await report(norwegian(later), norwegian(to), 'dd.MM.yyyy');
    assert.equal(done.status, 200, done.text);
    await valid(done.text, `${at.studrapp}/schema/studrapp.xsd`);
    assert.match(done.text, /<kode>0<\/kode>/);
    assert.deepEqual(await stay(), [later, to]);
    const elsewhen = await report('1999-01-01', '1999-05-01', 'yyyy-MM-dd');
    // Nothing was written, and the answer says so.
    assert.equal(elsewhen.status, 422, elsewhen.text);
    assert.match(elsewhen.text, /<kode>230<.*Nothing was written: you see no stay .*If there is none/);
    await valid(elsewhen.text, `${at.studrapp}/schema/studrapp.xsd`);
    // Of a student whom nobody sees nothing is said.
    for (const who of ['nothing', 'partly'])
      assert.match((await report('1999-01-01', '1999-05-01', 'yyyy-MM-dd', who)).text, /<kode>100</);
    for (const who of ['nothing', 'partly']) assert.equal((await report(later, to, 'yyyy-MM-dd', who)).status, 404);
    assert.deepEqual(await stay(), [later, to]);
  });

  it('waits for a source that decides, and tells later what became of it', async () => {
    await owned('source');
    const [from = '', to = ''] = await stay();
    const taken = await report(from, `${to.slice(0, 8)}28`, 'yyyy-MM-dd');
    assert.equal(taken.status, 202, taken.text);
    assert.match(String(taken.headers['retry-after']), /^\d+$/);
    await valid(taken.text, `${at.studrapp}/schema/studrapp.xsd`);
    const [, reference = ''] =
      /<kode>10<\/kode><melding>[^<]*<\/melding><referanse>([^<]+)<\/referanse>/.exec(taken.text) ?? [];
    const outcome = `${at.studrapp}/lanekassen/delstudier/${reference}`;
    assert.equal((await ask(outcome)).status, 202);
    assert.equal((await ask(outcome, {}, 'cleared')).status, 404);
    assert.deepEqual(await stay(), [from, to]);
    await owned('closed');
    const closed = await report(from, to, 'yyyy-MM-dd');
    assert.ok(closed.status >= 400, closed.text);
  });
});

describe('FSWS-STUDINFO2', () => {
  const schema = `${at.studinfo}/schema/studinfo.xsd`;

  it('tells courses, programmes and short courses by its schema, with a tag', async () => {
    for (const [kind, language, word] of [
      ['emne', 'B', 'BOKMÅL'],
      ['studieprogram', 'N', 'NYNORSK'],
      ['kurs', 'E', 'ENGELSK'],
    ] as const) {
      const target = `${at.studinfo}/${kind}?arstall=2026&terminkode=HOST&sprak=${language}&institusjonsnr=${number}&fakultetsnr=-1&instituttnr=-1&gruppenr=-1`;
      const text = await xml(target, schema);
      assert.ok(rowsOf(text, kind) > 0, kind);
      assert.ok(text.includes(`<${kind} sprak="${word}">`));
      const first = await ask(target);
      const tag = String(first.headers['etag']);
      assert.match(tag, /^"[\w-]{27}"$/);
      const again = await ask(target, { headers: { 'if-none-match': tag } });
      assert.deepEqual([again.status, again.text], [304, '']);
      const other = await ask(target, { headers: { 'if-none-match': tag, accept: 'application/json' } });
      assert.equal(other.status, 200);
      assert.notEqual(other.headers['etag'], tag);
      const cdm = await ask(target, { headers: { accept: 'application/cdm+xml' } });
      assert.equal(cdm.status, 200);
      assert.match(cdm.text, /^<\?xml[^>]*>\n<CDM xmlns="http:\/\/fsws.usit.no\/schemas\/cdm"><(?:course|program)>/);
    }
  });

  it('tells one course, its texts in one language, and what belongs to one unit', async () => {
    const all = (await json(`${at.studinfo}/emne?arstall=2026&terminkode=HOST`))['emne'] as readonly {
      readonly emneid: { readonly emnekode: string };
      readonly sted: { readonly fakultetsnr: string };
      readonly infotekst: readonly { readonly tekst: string }[];
    }[];
    const [first] = all;
    assert.ok(first !== undefined && first.infotekst.length > 0);
    const code = first.emneid.emnekode;
    const one = (await json(`${at.studinfo}/emne?emnekode=${encodeURIComponent(code)}&sprak=E`))['emne'] as typeof all;
    assert.deepEqual(
      one.map(({ emneid }) => emneid.emnekode),
      [code],
    );
    assert.notDeepEqual(one[0]?.infotekst, first.infotekst);
    const unit = (await json(`${at.studinfo}/emne?arstall=2026&terminkode=HOST&fakultetsnr=${first.sted.fakultetsnr}`))[
      'emne'
    ];
    assert.deepEqual(
      unit,
      all.filter(({ sted }) => sted.fakultetsnr === first.sted.fakultetsnr),
    );
    assert.deepEqual((await json(`${at.studinfo}/emne?arstall=1950&terminkode=HOST`))['emne'], []);
  });

  it('tells the plan of a programme on request alone', async () => {
    const target = `${at.studinfo}/studieprogram?sprak=B`;
    assert.doesNotMatch(await xml(target, schema), /<utdanningsplan>/);
    assert.match(await xml(`${target}&medUPinfo=J`, schema), /<utdanningsplan>.*<emnekombinasjon>.*<emnekode>/s);
  });

  it('tells what has changed since a moment', async () => {
    const changed = async (since: string) =>
      (await json(`${at.studinfo}/kurs?endretSiden=${encodeURIComponent(since)}`))['kurs'] as readonly unknown[];
    assert.ok((await changed('2020-01-01')).length > 0);
    assert.deepEqual(await changed('2099-01-01T00:00:00Z'), []);
    assert.equal((await ask(`${at.studinfo}/kurs?endretSiden=i%20fjor`)).status, 400);
  });

  it('shows of persons the names of published teachers, and nobody who is protected', async () => {
    const [plain, cleared] = [
      await xml(`${at.studinfo}/emne`, schema),
      await xml(`${at.studinfo}/emne`, schema, 'cleared'),
    ];
    assert.match(plain, /<fagperson><fornavn>[^<]+<\/fornavn><etternavn>[^<]+<\/etternavn>/);
    assert.doesNotMatch(plain, /\d{11}|@/);
    type Profile = { readonly navn: { readonly fornavn: string; readonly etternavn: string } };
    const { navn } = await (
      await hub.as('cleared')
    ).read<Profile>(`/fs/person/personprofil/systemid/${made.known.teachers.protected.personProfil}`);
    const shown = `<fornavn>${navn.fornavn}</fornavn><etternavn>${navn.etternavn}</etternavn>`;
    assert.ok(cleared.includes(shown), 'the sandbox has a protected teacher with a course');
    assert.ok(!plain.includes(shown));
  });

  it('tells texts and teachers of courses of continuing education, and how exams are held', async () => {
    const kurs = await xml(`${at.studinfo}/kurs?arstall=2026&terminkode=HOST&sprak=B`, schema);
    assert.match(kurs, /<fagperson><fornavn>[^<]+<\/fornavn><etternavn>[^<]+<\/etternavn><rollenavn>/);
    assert.match(
      kurs,
      /<infotekst><infotypekode>INNHOLD<\/infotypekode><infotypenavn>[^<]+<\/infotypenavn><tekst>Kurset/,
    );
    assert.doesNotMatch(kurs, /\d{11}|@/);
    const told = (await json(`${at.studinfo}/kurs?arstall=2026&terminkode=HOST&sprak=B`))['kurs'] as readonly {
      readonly infotekst: readonly unknown[];
      readonly fagperson: readonly unknown[];
    }[];
    assert.equal(told.flatMap(({ infotekst }) => infotekst).length, rowsOf(kurs, 'infotekst'));
    assert.equal(told.flatMap(({ fagperson }) => fagperson).length, rowsOf(kurs, 'fagperson'));
    const cdm = await ask(`${at.studinfo}/kurs?sprak=B`, { headers: { accept: 'application/cdm+xml' } });
    assert.match(cdm.text, /<infoBlock><header>[^<]+<\/header><text>Kurset [^<]+<\/text><\/infoBlock><\/course>/);
    const courses = await xml(`${at.studinfo}/emne`, schema);
    assert.match(courses, /<eksamensdel><vurdformkode>SKR<\/vurdformkode><vurdformnavn>Skriftlig<\/vurdformnavn>/);
    assert.match(courses, /<hjelpemiddel>/);
    assert.match(courses, /<vurdtidkode>[^<]+<\/vurdtidkode><dato_fra>2\d{3}-\d{2}-\d{2}<\/dato_fra><dato_til>/);
    // Of compulsory activities it is not told.
    const parts = courses.match(/<vurdkombinasjon>.*?<\/vurdkombinasjon>/gs) ?? [];
    const compulsory = parts.filter((part) => part.includes('<obligatorisk>J<'));
    assert.ok(compulsory.length > 0 && compulsory.length < parts.length);
    for (const part of parts) assert.equal(part.includes('<eksamensdel>'), part.includes('<obligatorisk>N<'), part);
  });

  for (const [path, description] of [
    ['/fsservices/studinfo', 'studinfo-text'],
    ['/fsservices/studinfo/native', 'studinfo'],
  ] as const)
    it(`answers every operation over SOAP by its schema: ${description}`, async () => {
      const { id, secret } = hub.credentials.get('plain') ?? { id: '', secret: '' };
      const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
      const client = await createClientAsync(`${hub.url}${path}?wsdl`);
      client.addHttpHeader('Authorization', authorization);
      const input = { arstall: '2026', terminkode: 'HØST', sprak: 'B', institusjonsnr: number, fakultetsnr: '-1', instituttnr: '-1', gruppenr: '-1' }; // prettier-ignore
      for (const [operation, element] of [
        ['getEmneSI', 'emne'],
        ['getStudieprogramSI', 'studieprogram'],
        ['getKursSI', 'kurs'],
      ] as const) {
        const invoke: unknown = client[`${operation}Async`];
        assert.ok(typeof invoke === 'function', operation);
        const [, raw, , sent] = (await Reflect.apply(invoke, client, [input])) as readonly [unknown, string, unknown, string]; // prettier-ignore
        const soapSchema = `${path}/${description}.xsd`;
        // The client writes its own prefixes: what it sends holds too.
        const answered = bodyOf(raw);
        await valid(answered, soapSchema);
        assert.match(sent, new RegExp(`:?${operation}[ >]`));
        const document = description === 'studinfo' ? answered : unescaped(answered, `${operation}Return`);
        assert.ok(rowsOf(document, element) > 0, operation);
        // The document within is the one that is served over REST.
        if (description !== 'studinfo') {
          await valid(document, schema);
          const served = await xml(`${at.studinfo}/${element}?arstall=2026&terminkode=HOST&institusjonsnr=${number}`, schema); // prettier-ignore
          assert.equal(document, served.replace(/^<\?xml[^>]*\?>\s*/, ''));
        }
      }
      // A fault holds its detail as the schema says.
      const wrong = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><getEmneSI xmlns="http://fsws.usit.no/schemas/studinfo"><sprak>X</sprak></getEmneSI></s:Body></s:Envelope>`;
      const fault = await ask(path, { body: wrong, headers: { 'content-type': 'text/xml' } }, 'plain', 'POST');
      assert.equal(fault.status, 500);
      await valid(/<detail>(.*)<\/detail>/s.exec(fault.text)?.[1] ?? '', `${path}/${description}.xsd`);
    });
});

const post = (body: string, type = 'application/xml') =>
  ask(`${at.studrapp}/lanekassen/delstudier`, { body, headers: { 'content-type': type } }, 'plain', 'POST');
const stay = (inner: string) => `<delstudie>${inner}</delstudie>`;

describe('bad input', () => {
  const days = '<delstudie_start>2026-08-15</delstudie_start><delstudie_slutt>2026-12-20</delstudie_slutt>';

  it('is refused, in the form of the services, and changes nothing', async () => {
    const fnr = `<fnr>${students.abroad.fodselsnummer}</fnr>`;
    const instnr = `<instnr>${number}</instnr>`;
    for (const [body, status] of [
      ['', 400],
      ['<delstudie', 400],
      [stay(''), 400],
      [stay(`${fnr}${fnr}${instnr}${days}`), 400],
      [stay(`<fnr>1</fnr>${instnr}${days}`), 400],
      [stay(`${fnr}${instnr}${days}<mer/>`), 400],
      [stay(`${fnr}<instnr>1</instnr>${days}`), 404],
      [`<delstudie xmlns="http://fsws.usit.no/schemas/andre">${fnr}${instnr}${days}</delstudie>`, 400],
      [stay(`${fnr}${instnr}<delstudie_start dtf="dd.MM.yy">15.08.26</delstudie_start><delstudie_slutt>2026-12-20</delstudie_slutt>`), 400], // prettier-ignore
      [stay(`${fnr}${instnr}<delstudie_start>2026-12-20</delstudie_start><delstudie_slutt>2026-08-15</delstudie_slutt>`), 400], // prettier-ignore
      [`<!DOCTYPE x [<!ENTITY e "e">]>${stay(`${fnr}${instnr}${days}`)}`, 400],
      [`<!DOCTYPE x SYSTEM "file:///etc/passwd">${stay('')}`, 400],
    ] as const) {
      const refused = await post(body);
      assert.equal(refused.status, status, `${body}: ${refused.text}`);
      await valid(refused.text, `${at.studrapp}/schema/studrapp.xsd`);
      assert.ok(!refused.text.includes(students.abroad.fodselsnummer ?? 'none'), refused.text);
    }
    assert.equal((await post(stay(''), 'text/plain')).status, 415);
  });

  it('of addresses and questions is refused too', async () => {
    for (const [target, status] of [
      [`${at.studrapp}/lanekassen/studenter`, 400],
      [`${at.studrapp}/lanekassen/studenter?arstall=2026&terminkode=JUL`, 400],
      [`${at.studrapp}/lanekassen/studenter?arstall=2026&terminkode=HOST&fnr=1`, 400],
      [`${at.studrapp}/lanekassen`, 404],
      [`${at.studrapp}/timeplan/studentplasseringer?aktivitet=${encodeURIComponent("x' or 1=1,\\,/Ø")}`, 200],
      [`${at.studrapp}/timeplan/studentplasseringer?aktivitet=`, 400],
      [`${at.studrapp}/lanekassen/delstudier/${'x'.repeat(65)}`, 400],
      [`${at.studrapp}/lanekassen/delstudier/unknown`, 404],
      [`${at.studinfo}/emne?arstall=2026`, 400],
      [`${at.studinfo}/emne?terminkode=HOST`, 400],
      [`${at.studinfo}/emne?sprak=X`, 400],
      [`${at.studinfo}/emne?institusjonsnr=186`, 404],
      [`${at.studinfo}/emne?emnekode=${'A'.repeat(13)}`, 400],
      [`${at.studinfo}/fag`, 404],
      [`${at.bris}/registrerte?arstall=26&terminkode=HOST`, 400],
      [`${at.bris}/registrerte?arstall=2026&terminkode=SOM`, 400],
      [`${at.bris}/alle`, 404],
    ] as const) {
      const answer = await ask(target);
      assert.equal(answer.status, status, `${target}: ${answer.text}`);
    }
    assert.equal((await ask(`${at.bris}/registrerte?arstall=2026&terminkode=HOST`, {}, 'plain', 'DELETE')).status, 405);
  });
});
