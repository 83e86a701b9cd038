// What scenarios/graphql.ts asks by GraphQL, and the same put together by hand from what a floor reads. Holds no measurement.
import { cursorOf } from '#graphql/cursor.ts';
import type { DeliverableCollection } from '#sandbox/adapter.ts';
import type { Reached, TreeFloor } from './engines/tree-floor.ts';

export const pupils = 'utdanning/elev/elev';
const enrolments = 'utdanning/elev/elevforhold';
const memberships = 'utdanning/elev/klassemedlemskap';
export const students = 'fs/person/student';
const persons = 'fs/person/personprofil';
const rights = 'fs/studierett/programstudierett';
const programmes = 'fs/studietilbud/studieprogram';

export type Question = {
  /** Where it is sent to. */
  readonly address: '/graphql/graphql' | '/graphql';
  /** The body of the request: so many after a cursor. */
  readonly body: (first: number, after: string | null) => string;
  /** The same, by hand: `answer` is what the hub gives, of which it takes the parts that are no data (owners in ids, the cost). */
  readonly byHand: (floor: TreeFloor, answer: string) => (first: number, after: string | null) => Promise<string>;
};

/** Throws with where they part, unless both are the same. */
export const same = (byHand: string, answer: string): void => {
  if (byHand === answer) return;
  let at = 0;
  while (byHand[at] === answer[at]) at += 1;
  const around = (text: string): string => text.slice(Math.max(0, at - 80), at + 200);
  throw new Error(`by hand it is another from ${at} on:\n${around(byHand)}\n${around(answer)}`);
};

type Identified = { readonly identifikatorverdi: string };
type Period = { readonly start: string; readonly slutt?: string };
type Pupil = {
  readonly systemId: Identified;
  readonly elevnummer: Identified;
  readonly feidenavn: Identified;
  readonly kontaktinformasjon: { readonly epostadresse: string; readonly mobiltelefonnummer: string };
};
type Enrolment = {
  readonly systemId: Identified;
  readonly beskrivelse: string;
  readonly hovedskole: boolean;
  readonly gyldighetsperiode: Period;
};
type Membership = { readonly systemId: Identified; readonly gyldighetsperiode: Period };

const pupilKey = (at: number): string => `E${String(at).padStart(7, '0')}`;

/** The place of a pupil in the order of them. */
export const placeOfPupil = (at: number): string => cursorOf(pupilKey(at));

const identified = (value: string): Identified => ({ identifikatorverdi: value });
const to = (name: string, key: string) => [{ href: `\${${name}}/systemid/${key}` }];

/** Pupils with two enrolments each, and three memberships of each of these: nine resources a pupil. */
export const schoolData = (roots: number): readonly DeliverableCollection[] => {
  const gyldighetsperiode: Period = { start: '2026-08-01T12:00:00Z', slutt: '2027-07-31T12:00:00Z' };
  const collection = (
    path: string,
    each: number,
    resource: (at: number, key: string) => Readonly<Record<string, unknown>>,
    keyOf: (at: number) => string,
  ): DeliverableCollection => ({
    collection: path,
    total: roots * each,
    entries: function* () {
      for (let at = 0; at < roots * each; at += 1) {
        const key = keyOf(at);
        yield { identifier: key, resource: { systemId: identified(key), ...resource(at, key) } };
      }
    },
  });
  const enrolmentKey = (at: number): string => `${pupilKey(Math.floor(at / 2))}-${at % 2}`;
  const membershipKey = (at: number): string => `${enrolmentKey(Math.floor(at / 3))}-${at % 3}`;
  return [
    collection(
      memberships,
      6,
      (at) => ({
        gyldighetsperiode,
        _links: { elevforhold: to('utdanning.elev.elevforhold', enrolmentKey(Math.floor(at / 3))) },
      }),
      membershipKey,
    ),
    collection(
      enrolments,
      2,
      (at) => ({
        beskrivelse: 'Elev ved Fjordvik videregående skole, avdeling for yrkesfag og studieforberedende fag',
        hovedskole: at % 2 === 0,
        tosprakligFagopplaring: false,
        gyldighetsperiode,
        _links: { elev: to('utdanning.elev.elev', pupilKey(Math.floor(at / 2))) },
      }),
      enrolmentKey,
    ),
    collection(
      pupils,
      1,
      (at) => ({
        elevnummer: identified(String(1_000_000 + at)),
        feidenavn: identified(`elev${at}@fjordheim.test`),
        gjest: false,
        kontaktinformasjon: { epostadresse: `elev${at}@elev.fjordheim.test`, mobiltelefonnummer: '68053541' },
      }),
      pupilKey,
    ),
  ];
};

// Fields in the order of the document, as the answer has them.
const identifierOf = ({ identifikatorverdi }: Identified) => ({ identifikatorverdi });
const periodOf = ({ start, slutt }: Period) => ({ start, slutt: slutt ?? null });

const tailOf = (answer: string): string => answer.slice(answer.lastIndexOf(',"extensions"'));

const uidsOf = (rows: readonly Reached<unknown>[]): readonly number[] => rows.map(({ uid }) => uid);

const grouped = <T>(rows: readonly Reached<T>[]): ReadonlyMap<number, readonly Reached<T>[]> =>
  Map.groupBy(rows, ({ from }) => from);

/** Three levels of many: nine resources for each at the top. */
export const schoolTree: Question = {
  address: '/graphql/graphql',
  body: (first, after) =>
    JSON.stringify({
      query: `query($first: Int, $after: String) { elevConnection(first: $first, after: $after) { nodes {
        systemId { identifikatorverdi } elevnummer { identifikatorverdi } feidenavn { identifikatorverdi }
        kontaktinformasjon { epostadresse mobiltelefonnummer }
        elevforhold { systemId { identifikatorverdi } beskrivelse hovedskole gyldighetsperiode { start slutt }
          klassemedlemskap { systemId { identifikatorverdi } gyldighetsperiode { start slutt } } } } } }`,
      variables: { first, after },
    }),
  byHand: (floor, answer) => {
    const tail = tailOf(answer);
    return async (first, after) => {
      const place = after === null ? '' : Buffer.from(after, 'base64url').toString();
      const roots = await floor.ordered<Pupil>(pupils, 'systemid', place, first);
      const second = await floor.behind<Enrolment>(uidsOf(roots), 'inverse', 'elev', enrolments);
      const third = grouped(await floor.behind<Membership>(uidsOf(second), 'inverse', 'elevforhold', memberships));
      const bySource = grouped(second);
      const nodes = roots.map(({ uid, value }) => ({
        systemId: identifierOf(value.systemId),
        elevnummer: identifierOf(value.elevnummer),
        feidenavn: identifierOf(value.feidenavn),
        kontaktinformasjon: {
          epostadresse: value.kontaktinformasjon.epostadresse,
          mobiltelefonnummer: value.kontaktinformasjon.mobiltelefonnummer,
        },
        elevforhold: (bySource.get(uid) ?? []).map((enrolment) => ({
          systemId: identifierOf(enrolment.value.systemId),
          beskrivelse: enrolment.value.beskrivelse,
          hovedskole: enrolment.value.hovedskole,
          gyldighetsperiode: periodOf(enrolment.value.gyldighetsperiode),
          klassemedlemskap: (third.get(enrolment.uid) ?? []).map((membership) => ({
            systemId: identifierOf(membership.value.systemId),
            gyldighetsperiode: periodOf(membership.value.gyldighetsperiode),
          })),
        })),
      }));
      return `{"data":${JSON.stringify({ elevConnection: { nodes } })}${tail}`;
    };
  },
};

/** In the order of their natural keys. */
type Keyed = { readonly naturligNokkel: Identified };
export type Student = Keyed & { readonly studentnummer?: Identified };
type Person = Keyed & {
  readonly personlopenummer?: Identified;
  readonly navn?: { readonly fornavn?: string; readonly etternavn?: string };
  readonly fodselsdato?: string;
  readonly institusjonsEpost?: string;
  readonly feideBruker?: Identified;
  readonly erDod?: boolean;
};
type Right = Keyed & {
  readonly erPrivatist?: boolean;
  readonly studierettperiode?: { readonly fraDato?: string; readonly tilDato?: string };
};
type Programme = Keyed & {
  readonly kode?: Identified;
  readonly navnAlleSprak?: { readonly nb?: string; readonly en?: string };
};

type Answered = {
  readonly data: {
    readonly studenter: {
      readonly nodes: readonly {
        readonly id: string;
        readonly personProfil: { readonly id: string };
        readonly programStudieretter: {
          readonly nodes: readonly { readonly id: string; readonly studieprogram: { readonly id: string } }[];
        };
      }[];
    };
  };
};

// Those who are dead or protected are not on the page: so many more are read.
const passedOver = 20;

const dayOf = (text: string | undefined): string | null => text?.slice(0, 10) ?? null;

/** A page of students, as an integration of study administration reads them. */
export const studentPage = (institution: string): Question => ({
  address: '/graphql',
  body: (first, after) =>
    JSON.stringify({
      query: `query($owner: String!, $first: Int, $after: String) {
        studenter(filter: { eierOrganisasjonskode: $owner }, first: $first, after: $after) { nodes { id studentnummer
          personProfil { id personlopenummer navn { fornavn etternavn } fodselsdato institusjonsEpost feideBruker }
          programStudieretter { nodes { id erPrivatist studierettperiode { fraDato tilDato }
            studieprogram { id kode navnAlleSprak { nb en } } } } } pageInfo { hasNextPage endCursor } } }`,
      variables: { owner: institution, first, after },
    }),
  byHand: (floor, answer) => {
    const tail = tailOf(answer);
    const { nodes: known } = (JSON.parse(answer) as Answered).data.studenter;
    const ownRights = known.flatMap(({ programStudieretter }) => programStudieretter.nodes);
    const of = {
      student: prefixOf(known[0]?.id),
      person: prefixOf(known[0]?.personProfil.id),
      right: prefixOf(ownRights[0]?.id),
      programme: prefixOf(ownRights[0]?.studieprogram.id),
    };
    return async (first, after) => {
      const place = after === null ? '' : Buffer.from(after, 'base64url').toString();
      const read = await floor.ordered<Student>(students, 'naturlignokkel', place, first + passedOver);
      const owners = new Map(
        (await floor.behind<Person>(uidsOf(read), 'own', 'personProfil', persons)).map(({ from, value }) => [
          from,
          value,
        ]),
      );
      const alive = read.filter(({ uid }) => owners.get(uid)?.erDod === false);
      const roots = alive.slice(0, first);
      const second = (await floor.behind<Right>(uidsOf(roots), 'inverse', 'student', rights)).toSorted((a, b) =>
        a.value.naturligNokkel.identifikatorverdi < b.value.naturligNokkel.identifikatorverdi ? -1 : 1,
      );
      const led = new Map(
        (await floor.behind<Programme>(uidsOf(second), 'own', 'studieprogram', programmes)).map(({ from, value }) => [
          from,
          value,
        ]),
      );
      const bySource = grouped(second);
      const nodes = roots.map(({ uid, value }) => ({
        id: idOf(of.student, value),
        studentnummer: value.studentnummer?.identifikatorverdi ?? null,
        personProfil: personOf(owners.get(uid), of.person),
        programStudieretter: {
          nodes: (bySource.get(uid) ?? []).map((right) => ({
            id: idOf(of.right, right.value),
            erPrivatist: right.value.erPrivatist ?? null,
            studierettperiode:
              right.value.studierettperiode === undefined
                ? null
                : {
                    fraDato: dayOf(right.value.studierettperiode.fraDato),
                    tilDato: dayOf(right.value.studierettperiode.tilDato),
                  },
            studieprogram: programmeOf(led.get(right.uid), of.programme),
          })),
        },
      }));
      const last = roots.at(-1);
      const pageInfo = {
        hasNextPage: alive.length > first,
        endCursor: last === undefined ? null : cursorOf(last.value.naturligNokkel.identifikatorverdi),
      };
      return `{"data":${JSON.stringify({ studenter: { nodes, pageInfo } })}${tail}`;
    };
  },
});

const idOf = (prefix: string, { naturligNokkel }: Keyed): string =>
  Buffer.from(prefix + naturligNokkel.identifikatorverdi).toString('base64url');

/** What stands before the key in ids of a class. */
const prefixOf = (id: string | undefined): string => {
  const text = Buffer.from(id ?? '', 'base64url').toString();
  return text.slice(0, text.indexOf(',') + 1);
};

const personOf = (person: Person | undefined, prefix: string) =>
  person === undefined
    ? null
    : {
        id: idOf(prefix, person),
        personlopenummer: person.personlopenummer?.identifikatorverdi ?? null,
        navn:
          person.navn === undefined
            ? null
            : { fornavn: person.navn.fornavn ?? null, etternavn: person.navn.etternavn ?? null },
        fodselsdato: dayOf(person.fodselsdato),
        institusjonsEpost: person.institusjonsEpost ?? null,
        feideBruker: person.feideBruker?.identifikatorverdi ?? null,
      };

const programmeOf = (programme: Programme | undefined, prefix: string) =>
  programme === undefined
    ? null
    : {
        id: idOf(prefix, programme),
        kode: programme.kode?.identifikatorverdi ?? null,
        navnAlleSprak:
          programme.navnAlleSprak === undefined
            ? null
            : { nb: programme.navnAlleSprak.nb ?? null, en: programme.navnAlleSprak.en ?? null },
      };
