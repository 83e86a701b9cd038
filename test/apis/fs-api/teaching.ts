// What is taught and who is taught, beside what stands in fs-world.ts: rights, applications, places, roles; a course whose code has signs of addresses in it.
import { bySystemId, identified, type Resource } from '../../hub/world.ts';
import { at } from '../fs-graphql/fs-world.ts';

const to = (path: string, id: string): readonly string[] => [bySystemId(path, id)];

const one = (id: string, key: string, values: object, links: Resource['links'] = {}): Resource => ({
  systemId: identified(id),
  naturligNokkel: identified(key),
  ...values,
  links,
});

export const places = {
  right: 'fs/undervisning/emnestudierett',
  application: 'fs/undervisning/emnesoknad',
  place: 'fs/undervisning/partiplassering',
  activityRole: 'fs/rolle/undervisningsaktivitetsrolle',
  teachingRole: 'fs/rolle/undervisningsenhetsrolle',
  changedNumber: 'fs/person/fodselsnummerendring',
  participant: 'fs/person/deltaker',
  basis: 'hoyereutdanning/register/kvalifikasjonsgrunnlag',
  offer: 'hoyereutdanning/register/tilbudstatus',
} as const;

const spring = { emne: to(at.course, 'E1'), termin: to(at.term, 'T2') };
const role = {
  personProfil: to(at.person, 'X4'),
  fagperson: to(at.staff, 'F1'),
  fsRolle: to(at.role, 'FR1'),
};

const code = (kode: string, navnAlleSprak: object, erAktiv: boolean): Resource => ({
  systemId: identified(`KODE-${kode}`),
  kode: identified(kode),
  navnAlleSprak,
  erAktiv,
  links: {},
});

export const teaching: readonly (readonly [string, readonly Resource[]])[] = [
  [places.basis, [code('GSK', { nb: 'Generell studiekompetanse' }, true), code('23/5', { nb: '23/5-regelen' }, false)]],
  [places.offer, [code('TILBUD', { nb: 'Tilbud', en: 'Offer' }, true)]],
  [
    at.course,
    [
      one('E4', '7777,A\\,B/Ø,1', { kode: 'A,B/Ø', versjonskode: '1', navnAlleSprak: { nb: 'Rart emne' } }),
      one('E5', '7777,VÅRKURS,2', { kode: 'VÅRKURS', versjonskode: '2', navnAlleSprak: { und: 'Uten språk' } }),
    ],
  ],
  [
    places.right,
    [1, 2, 3].map((number) =>
      one(
        `ES${number}`,
        `10${number},7777,TST1000,1,2026,VÅR,1`,
        { opptakKanPubliseres: true, terminnummer: 1 },
        { ...spring, student: to(at.student, `S${number}`) },
      ),
    ),
  ],
  [
    places.application,
    [
      one(
        'SO1',
        '101,7777,TST1000,1,2026,VÅR,1',
        { soknadsstatus: 'TATT_OPP', terminnummer: 1, mott: true },
        {
          ...spring,
          student: to(at.student, 'S1'),
          personProfil: to(at.person, 'X1'),
          emneStudierett: to(places.right, 'ES1'),
        },
      ),
      one(
        'SO2',
        '102,7777,TST2000,1,2026,HØST,1',
        { soknadsstatus: 'PA_VENTELISTE', terminnummer: 1, tilbudstatus: { kode: 'VENT', navn: { nb: 'Venteliste' } } },
        {
          emne: to(at.course, 'E2'),
          termin: to(at.term, 'T3'),
          student: to(at.student, 'S2'),
          personProfil: to(at.person, 'X2'),
        },
      ),
    ],
  ],
  [
    places.place,
    [
      one(
        'PP1',
        '101,7777,TST1000,1,2026,VÅR,1,F1',
        {},
        {
          personProfil: to(at.person, 'X1'),
          student: to(at.student, 'S1'),
          undervisningsaktivitet: to(at.activity, 'UA1'),
        },
      ),
    ],
  ],
  [
    places.activityRole,
    [one('AR1', '104,3', { erAktiv: true }, { ...role, undervisningsaktivitet: to(at.activity, 'UA1') })],
  ],
  [
    places.teachingRole,
    [
      one(
        'TR1',
        '104,4',
        { gyldighetsperiode: { fraDato: '2026-01-01T12:00:00Z' } },
        { ...role, undervisningsenhet: to(at.unitOfTeaching, 'UE2') },
      ),
    ],
  ],
  [
    places.changedNumber,
    [
      one(
        'FE1',
        '101,1795262400',
        { tidligereFodselsnummer: '01819000009', nyttFodselsnummer: '01819000001' },
        { personProfil: to(at.person, 'X1') },
      ),
    ],
  ],
  [places.participant, [one('DE1', '500001', { deltakernummer: '500001' }, { personProfil: to(at.person, 'X2') })]],
];
