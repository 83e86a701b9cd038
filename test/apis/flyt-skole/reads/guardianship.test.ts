// What a guardianship lets show, case by case: rights, period, block, and what the caller may not see. Beside the sandbox, where every guardian has all
// rights or none.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DocumentNode } from '#hub/documents/document.ts';
import { guardianMayBeReached, guardianshipShows, personMayBeReached } from '#mappings/row-tests.ts';
import { pupil } from '#apis/flyt-skole/mappings/pupil.ts';
import { guardian } from '#apis/flyt-skole/mappings/guardian.ts';
import { kindsOf } from '#apis/flyt-skole/mappings/kinds.ts';
import { documentForm } from '#apis/flyt-skole/reads/answers.ts';
import { projectionOf } from '#mappings/project.ts';
import { hubModel } from '../../../model/models.ts';

const now = { today: '2026-11-20' };

let uid = 0;
const node = (
  values: DocumentNode['values'],
  parts: DocumentNode['parts'] = {},
  hidden: readonly string[] = [],
): DocumentNode => {
  uid += 1;
  return {
    uid,
    id: `id-${uid}`,
    collection: 'any',
    level: 0,
    values,
    hides: (attribute) => hidden.includes(attribute),
    parts,
  };
};

const codes = (...rights: readonly string[]): readonly DocumentNode[] => rights.map((kode) => node({ kode }));

type Relation = {
  readonly values?: Readonly<Record<string, unknown>>;
  readonly rights?: readonly string[] | null;
  readonly hidden?: readonly string[];
};

const contact = { mobiltelefonnummer: '68050000', epostadresse: 'a@post.test', telefonnummer: '68050001' };

const relation = ({ values = {}, rights = ['INNSYN', 'VARSLER'], hidden = [] }: Relation): DocumentNode =>
  node(
    { gyldighetsperiode: { start: '2020-01-01T12:00:00Z' }, foreldreansvar: true, ...values },
    {
      ...(rights === null ? {} : { rettighet: codes(...rights) }),
      foresatt: [node({ navn: { fornavn: 'Mild', etternavn: 'Vind' }, kontaktinformasjon: contact })],
      barn: [node({ navn: { fornavn: 'Rask', etternavn: 'Vind' } }, { elev: [node({}, { elevforhold: [] })] })],
    },
    hidden,
  );

const shows = (of: Relation): boolean => guardianshipShows.holds({}, now, relation(of));
const reached = (of: Relation): boolean => guardianMayBeReached.holds({}, now, relation(of));

const period = (start: string, slutt?: string) => ({
  values: {
    gyldighetsperiode: { start: `${start}T12:00:00Z`, ...(slutt === undefined ? {} : { slutt: `${slutt}T12:00:00Z` }) },
  },
});

describe('a guardianship', () => {
  it('shows with one right at least, whichever', () => {
    for (const right of ['INNSYN', 'VARSLER', 'SKJEMA', 'MOTTAKER', 'SAMTYKKE', 'KRISE'])
      assert.equal(shows({ rights: [right] }), true);
    assert.equal(shows({ rights: [] }), false);
    assert.equal(shows({ rights: [], values: { foreldreansvar: true } }), false);
    // Rights that the caller may not see are none.
    assert.equal(shows({ rights: null }), false);
  });

  it('shows from its first day to its last', () => {
    assert.equal(shows(period('2026-11-20')), true);
    assert.equal(shows(period('2026-11-21')), false);
    assert.equal(shows(period('2020-01-01', '2026-11-20')), true);
    assert.equal(shows(period('2020-01-01', '2026-11-19')), false);
    assert.equal(shows({ values: { gyldighetsperiode: undefined } }), true);
  });

  it('does not show when it is blocked, nor when nobody can tell', () => {
    assert.equal(shows({ values: { sperret: true } }), false);
    assert.equal(shows({ values: { sperret: false } }), true);
    assert.equal(shows({ hidden: ['sperret'] }), false);
    assert.equal(shows({ hidden: ['gyldighetsperiode'] }), false);
  });

  it('lets the guardian be reached by a right to alerts, messages or emergency messages alone', () => {
    for (const [right, may] of [
      ['INNSYN', false],
      ['SKJEMA', false],
      ['SAMTYKKE', false],
      ['VARSLER', true],
      ['MOTTAKER', true],
      ['KRISE', true],
    ] as const)
      assert.equal(reached({ rights: [right] }), may, right);
    assert.equal(reached({ rights: ['VARSLER'], values: { sperret: true } }), false);
    assert.equal(reached({ rights: ['VARSLER'], ...period('2020-01-01', '2026-11-19') }), false);
  });

  it('of one child says nothing for another', () => {
    const person = node({}, { foresattFor: [relation({ rights: [] }), relation({ rights: ['INNSYN'] })] });
    assert.equal(personMayBeReached.holds({}, now, person), false);
    const other = node({}, { foresattFor: [relation({ values: { sperret: true } }), relation({ rights: ['KRISE'] })] });
    assert.equal(personMayBeReached.holds({}, now, other), true);
  });
});

describe('what is written of it', () => {
  const { pupil: pupilKind, guardian: guardianKind } = kindsOf(hubModel());
  const choice = { fields: null, includes: new Set(['guardians']), now };

  const told = (relations: readonly DocumentNode[]): readonly Readonly<Record<string, unknown>>[] => {
    const child = node({}, { person: [node({}, { foresattforhold: relations })], elevforhold: [] });
    const { guardians } = JSON.parse(
      projectionOf(pupilKind.reading, choice, pupilKind.facts, documentForm).render(child),
    ) as {
      readonly guardians: readonly Readonly<Record<string, unknown>>[];
    };
    return guardians;
  };

  it('holds those who show, each with contact only as far as the relation allows', () => {
    const guardians = told([
      relation({ rights: ['VARSLER'] }),
      relation({ rights: ['INNSYN'] }),
      relation({ rights: [] }),
      relation({ values: { sperret: true } }),
      relation(period('2020-01-01', '2026-11-19')),
    ]);
    assert.deepEqual(
      guardians.map(({ rights, mobile, phone, email }) => [rights, mobile, phone, email]),
      [
        [['VARSLER'], contact.mobiltelefonnummer, contact.telefonnummer, contact.epostadresse],
        [['INNSYN'], undefined, undefined, undefined],
      ],
    );
  });

  it('says that responsibility is missing when nothing is said', () => {
    const [one] = told([relation({ values: { foreldreansvar: undefined } })]);
    assert.equal(one?.['parentalResponsibility'], false);
  });

  it('holds of a guardian the children alone through whom there is a right', () => {
    const person = node(
      { navn: { fornavn: 'Mild', etternavn: 'Vind' }, kontaktinformasjon: contact },
      { foresattFor: [relation({ rights: ['INNSYN'] }), relation({ rights: [] })] },
    );
    const projection = projectionOf(guardianKind.reading, choice, guardianKind.facts, documentForm);
    const document = JSON.parse(projection.render(person)) as Readonly<Record<string, unknown>>;
    assert.equal((document['children'] as readonly unknown[]).length, 1);
    assert.equal('mobile' in document || 'email' in document || 'phone' in document, false);
    assert.equal(projection.facts(person).shows, true);
    const gone = node({}, { foresattFor: [relation({ rights: [] })] });
    assert.equal(projection.facts(gone).shows, false);
  });

  it('never names a national id or an address of a guardian', () => {
    const names = JSON.stringify([guardian.fields, pupil.fields['guardians']]);
    assert.doesNotMatch(names, /fodselsnummer|"(?:[a-zA-Z]+\.)*(?:bosteds|post)adresse/);
    assert.match(names, /kontaktinformasjon\.epostadresse/);
  });
});
