// FSWS-CRUD over HTTP at the university of the sandbox: with passwords and tokens, against the schema that is served, and whatever else is sent; and a property:
// what upsert takes, select gives back.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { xsdCheck } from '#formats/xml/validate-xsd.ts';
import type { SchemaCheck } from '#formats/roster.ts';
import { limits } from '#base/limits.ts';
import { university } from '#sandbox/university.ts';
import { cases } from '../cases.ts';
import { requestOf, roots, valuesOf, type Columns } from '../apis/fsws-crud/crud-request.ts';
import { call, type Answer } from './caller.ts';
import { deliverSandbox, putWrites } from './deliver-sandbox.ts';
import { startHub, type HubUnderTest } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';

const made = university({ seed: 42, size: 'small', asOf: '2026-11-01' });
const organisation = made.organisation.id;
const { students, protected: hidden } = made.known;
const prefix = '/fsrest/rest/crud';
const form = 'application/x-www-form-urlencoded';
const place = await temporaryPlace();
let hub: HubUnderTest;
let schema: SchemaCheck;

const basic = (who: string): string => {
  const { id, secret } = hub.credentials.get(who) ?? assert.fail(who);
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
};

type Told = Answer & { readonly code: string | undefined };

/** Every answer is held against the schema that the hub serves. */
const told = (answer: Answer): Told => {
  assert.equal(answer.headers['content-type'], 'application/xml; charset=utf-8', answer.text.slice(0, 300));
  assert.deepEqual(schema.check(answer.bytes), [], answer.text.slice(0, 2_000));
  return { ...answer, code: valuesOf(answer.text, 'Kode')[0] };
};

const send = async (
  operation: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
  method = 'POST',
): Promise<Told> =>
  told(
    await call(hub.url, method, `${prefix}/${operation}`, {
      headers: { authorization: basic('clerk'), 'content-type': form, ...headers },
      ...(body === '' ? {} : { body }),
    }),
  );

const ask = (
  operation: keyof typeof roots,
  table: string,
  columns: Columns,
  who = 'clerk',
  query = '',
): Promise<Told> =>
  send(`${operation}${query}`, `xml=${encodeURIComponent(requestOf(roots[operation], table, columns))}`, {
    authorization: basic(who),
  });

before(
  async () => {
    hub = await startHub({
      place,
      organisations: [
        { id: organisation, settings: { institutionNumber: made.institutionNumber, removalGuard: 1 } },
        { id: 'nabo.test' },
      ],
      applications: [
        { id: 'clerk', kind: 'client', organisation, grant: { actions: ['read', 'list', 'write'] } },
        { id: 'stranger', kind: 'client', organisation: 'nabo.test', grant: { actions: ['read', 'list', 'write'] } },
        { id: 'nobody', kind: 'client', organisation, grant: { actions: ['read'], collections: ['fs/termin/*'] } },
        { id: 'adapter', kind: 'adapter', organisation, grant: { actions: ['deliver'] } },
      ],
    });
    await deliverSandbox(hub, organisation, made.collections);
    await putWrites(hub, organisation, [{ pattern: 'fs/*', policy: 'hub', deadlineMinutes: null }]);
    const served = await call(hub.url, 'GET', `${prefix}/xsd`);
    assert.equal(served.status, 200);
    schema = xsdCheck(served.text, () => null);
  },
  { timeout: 90_000 },
);

after(async () => {
  schema?.close();
  await hub?.close();
  await place.remove();
});

describe('reading', () => {
  it('gives the same by password and by token', async () => {
    const columns = { Personlopenr: students.ordinary.personlopenummer };
    const byPassword = await ask('select', 'Student', columns);
    assert.deepEqual([byPassword.status, byPassword.code], [200, '0']);
    assert.equal(byPassword.headers['cache-control'], 'no-store');
    const caller = await hub.as('clerk');
    const byToken = await caller.send('POST', `${prefix}/select`, {
      headers: { 'content-type': form },
      body: `xml=${encodeURIComponent(requestOf('doSelectRequest', 'Student', columns))}`,
    });
    assert.equal(byToken.text, byPassword.text);
  });

  it('is as the schema says, whatever the table', async () => {
    const programme = valuesOf((await ask('selectMany', 'Studieprogram', {})).text, 'Studieprogramkode')[0] ?? '';
    const rights = await ask('selectMany', 'Studieprogramstudent', { Studieprogramkode: programme });
    assert.ok(valuesOf(rights.text, 'Personnr').length > 5, rights.text.slice(0, 500));
    const { personlopenummer: Personlopenr } = students.ordinary;
    for (const [table, columns] of [
      ['Person', { Personlopenr }],
      ['Persontelefon', { Personlopenr }],
      ['KullKlasseStudent', { Personlopenr }],
      ['Undervisningsmelding', { Personlopenr }],
      ['Vurdkombmelding', { Personlopenr }],
      ['StudentVurdKombProtokoll', { Personlopenr }],
      ['Kull', {}],
      ['KullKlasse', {}],
      ['Rom', {}],
      ['Sted', {}],
    ] as const) {
      const answer = await ask('selectMany', table, columns);
      assert.equal(answer.status, 200, table);
      assert.ok(answer.text.includes(`<${table}>`), `${table}: ${answer.text.slice(0, 300)}`);
    }
    for (const table of ['Personakseptanse', 'Soknad', 'Personrolle'])
      assert.equal((await ask('selectMany', table, { Personlopenr })).status, 200, table);
    const [Emnekode = ''] = valuesOf(
      (await ask('selectMany', 'Undervisningsmelding', { Personlopenr })).text,
      'Emnekode',
    );
    for (const table of ['Emne', 'Undervisningsenhet', 'Undaktivitet'])
      assert.ok((await ask('selectMany', table, { Emnekode })).text.includes(`<${table}>`), table);
  });

  it('takes forms in Latin-1 and in parts', async () => {
    const [Studieprogramkode = ''] = valuesOf((await ask('selectMany', 'Kull', {})).text, 'Studieprogramkode');
    const asked = requestOf('doSelectManyRequest', 'Kull', { Studieprogramkode, Terminkode: 'HØST' });
    const wanted = await ask('selectMany', 'Kull', { Studieprogramkode, Terminkode: 'HØST' });
    assert.ok(wanted.text.includes('<Terminkode>HØST</Terminkode>'), wanted.text.slice(0, 500));
    const latin = Buffer.from(asked, 'latin1');
    const escaped = [...latin].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    const byForm = await send('selectMany', `xml=${escaped}`, { 'content-type': `${form}; charset=ISO-8859-1` });
    assert.equal(byForm.text, wanted.text);
    const part =
      '--b\r\nContent-Disposition: form-data; name="xml"\r\nContent-Type: text/xml; charset=ISO-8859-1\r\n\r\n';
    const inParts = await send('selectMany', Buffer.concat([Buffer.from(part), latin, Buffer.from('\r\n--b--\r\n')]), {
      'content-type': 'multipart/form-data; boundary=b',
    });
    assert.equal(inParts.text, wanted.text);
    const other = await send('selectMany', `xml=${escaped}`, { 'content-type': `${form}; charset=utf-16` });
    assert.deepEqual([other.status, other.code], [415, '300']);
    const elsewhere = await (
      await hub.as('clerk')
    ).send('POST', '/graphql', {
      headers: { 'content-type': 'application/json; charset=ISO-8859-1' },
      body: '{}',
    });
    assert.equal(elsewhere.status, 415);
  });

  it('shows nothing of who is protected, and nothing to those who have no grant', async () => {
    const secrets = Object.values(hidden).filter(({ marking }) => marking !== 'ugradert');
    assert.ok(secrets.length > 0);
    const none = await ask('select', 'Person', { Personlopenr: '999999999' });
    assert.equal(none.code, '100');
    for (const { nationalId } of secrets) {
      const halves = { Fodselsdato: Number(nationalId.slice(0, 6)), Personnr: nationalId.slice(6) };
      assert.equal((await ask('select', 'Person', halves)).text, none.text);
      assert.equal((await ask('select', 'Student', halves)).text, none.text);
    }
    const { personlopenummer: Personlopenr } = students.ordinary;
    for (const who of ['stranger', 'nobody']) {
      assert.equal((await ask('select', 'Person', { Personlopenr }, who)).text, none.text, who);
      const many = await ask('selectMany', 'Person', { Personlopenr }, who);
      assert.ok(!many.text.includes('<Person>'), who);
    }
  });
});

const xml = requestOf('doSelectRequest', 'Kull', { Studieprogramkode: 'X' });

/** A form of so many bytes that says the same. */
const padded = (length: number): string => {
  const start = 'xml=%3C!--';
  const end = `--%3E${encodeURIComponent(xml)}`;
  // Comments of a size that is read, one after another.
  const piece = `${'x'.repeat(60_000)}--%3E%3C!--`;
  const middle = piece.repeat(Math.floor((length - start.length - end.length) / piece.length));
  return start + middle + 'x'.repeat(length - start.length - middle.length - end.length) + end;
};

describe('what else is sent', () => {
  const body = `xml=${encodeURIComponent(xml)}`;

  it('is answered as a Status, whoever has refused it', async () => {
    const wrong = `Basic ${Buffer.from('clerk:wrong').toString('base64')}`;
    for (const [status, code, answer] of [
      [401, '400', await send('select', body, { authorization: wrong })],
      [401, '400', await send('select', body, { authorization: 'Bearer x' })],
      [405, '308', await send('select', '', {}, 'GET')],
      [404, '309', await send('delete', '', {}, 'GET')],
      [415, '300', await send('select', xml, { 'content-type': 'text/xml' })],
      [400, '302', await send('select', `${body}&${body}`)],
      [400, '301', await send('select', '')],
      [400, '307', await send('select?limit=0', body)],
      [404, '100', await send('select', body)],
    ] as const)
      assert.deepEqual([answer.status, answer.code], [status, code], answer.text);
    const unnamed = told(await call(hub.url, 'POST', `${prefix}/select`, { headers: { 'content-type': form }, body }));
    assert.deepEqual([unnamed.status, unnamed.code], [401, '400']);
    assert.match(String(unnamed.headers['www-authenticate']), /^Basic /);
    const adapter = await send('select', body, { authorization: basic('adapter') });
    assert.ok(adapter.status === 401 || adapter.status === 403, String(adapter.status));
  });

  it('is read up to the limit, and not beyond', async () => {
    const most = await send('select', padded(limits.serviceBodyBytes));
    assert.deepEqual([most.status, most.code], [404, '100']);
    const more = await send('select', padded(limits.serviceBodyBytes + 1));
    assert.deepEqual([more.status, more.code], [413, '306']);
  });

  it('is not waited for when it is 100 MB long', { timeout: 30_000 }, async () => {
    const told413 = await new Promise<number>((resolve, reject) => {
      const sending = request(
        `${hub.url}${prefix}/select`,
        {
          method: 'POST',
          headers: { authorization: basic('clerk'), 'content-type': form, 'content-length': String(100 * 1_048_576) },
        },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
          sending.destroy();
        },
      );
      sending.on('error', reject);
      sending.write('xml=');
    });
    assert.equal(told413, 413);
    // Without a length it is told by what comes.
    const chunks = await new Promise<number>((resolve, reject) => {
      const sending = request(
        `${hub.url}${prefix}/select`,
        { method: 'POST', headers: { authorization: basic('clerk'), 'content-type': form } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
          sending.destroy();
        },
      );
      sending.on('error', reject);
      const piece = Buffer.alloc(65_536, 0x61);
      for (let count = 0; count < 40; count += 1) sending.write(piece);
    });
    assert.equal(chunks, 413);
  });
});

const one = (text: string, column: string): string => valuesOf(text, column)[0] ?? '';
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

describe('a property', () => {
  it('holds: what upsert takes, select gives back, and a dry run nothing', { timeout: 60_000 }, async () => {
    const places = (await ask('selectMany', 'Sted', {})).text;
    const unit = {
      Institusjonsnr_Studieansv: one(places, 'Institusjonsnr'),
      Faknr_Studieansv: one(places, 'Faknr'),
      Instituttnr_Studieansv: one(places, 'Instituttnr'),
      Gruppenr_Studieansv: one(places, 'Gruppenr'),
    };
    const words = fc.constantFrom('Testlære', 'Æ & Ø < Å', '«Sitat»', 'x, y', '100 %', '+47', '\u{1f600}');
    const row = fc.record({
      Emnenavn_Bokmal: optional(words),
      Emnenavn_Engelsk: optional(words),
      Studiepoeng: optional(fc.constantFrom('5', '7.5', '10.0')),
      Emnetypekode: optional(fc.constantFrom('UNDERVISN', 'PRAKSIS')),
      Status_Oppgave: optional(fc.constantFrom('J', 'N')),
      unit: fc.boolean(),
    });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(row, row, async (first, second) => {
        number += 1;
        const key = { Institusjonsnr: made.institutionNumber, Emnekode: `PROP${number}`, Versjonskode: 1 };
        const given = ({ unit: withUnit, ...columns }: typeof first): Columns => ({
          ...Object.fromEntries(Object.entries(columns).filter((entry) => entry[1] !== undefined)),
          ...(withUnit ? unit : {}),
        });
        const dry = await ask('upsert', 'Emne', { ...key, ...given(first) }, 'clerk', '?dryRun=true');
        assert.equal(dry.code, '0', dry.text);
        assert.equal((await ask('select', 'Emne', key)).code, '100');
        for (const columns of [first, second]) {
          const written = await ask('upsert', 'Emne', { ...key, ...given(columns) });
          assert.deepEqual([written.status, written.code], [200, '0'], written.text);
        }
        const { text } = await ask('select', 'Emne', key);
        for (const [name, value] of Object.entries({ ...given(first), ...given(second) })) {
          const plain = one(text, name).replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
          assert.equal(plain, value, name);
        }
      }),
      { numRuns: cases(10) },
    );
  });
});
