// How absence and marks are written, and which results have a class at all. Data first. Called by the import.
import { withoutNationalIds } from '#base/national-id.ts';
import type { PifuAbsence, PifuResult } from '#formats/pifu/record.ts';
import { collectionOf, identified, link, linkTo, noon } from './links.ts';

export const absencesCollection = collectionOf('absences');
export const absenceCollection = 'utdanning/vurdering/fravarsregistrering';
export const assessmentsCollection = collectionOf('assessment');

/** Codes of the kinds of absence. */
const kinds = { valid: 'D', invalid: 'U' } as const;
const units = { days: 'dager', hours: 'timer' } as const;

/** What holds the absence of a pupil at a school. */
export const absencesResource = (key: string, enrolment: string): object => ({
  systemId: identified(key),
  _links: { elevforhold: link('enrolment', enrolment) },
});

/** The group or subject that something is about. */
export type About = { readonly collection: string | null; readonly key: string; readonly subjects: readonly string[] };

/** What absence of members of a type of group is about; null = of the school as a whole. */
export const absenceRelation = (type: string): string | null =>
  type === 'teaching' ? 'undervisningsgruppe' : type === 'subject' ? 'faggruppe' : null;

const aboutLinks = (about: About, relation: string): object => ({
  ...(about.collection === null ? {} : { [relation]: linkTo(about.collection, about.key) }),
  ...(about.subjects[0] === undefined ? {} : { fag: link('subject', about.subjects[0]) }),
});

/** Absence. How much it is has no attribute of its own in the model: it stands in the words of the period. */
export const absenceResource = (
  key: string,
  absences: string,
  absence: PifuAbsence,
  about: About,
  relation: string | null,
): object => ({
  systemId: identified(key),
  ...(absence.comment === null ? {} : { kommentar: withoutNationalIds(absence.comment) }),
  periode: {
    start: noon(absence.begin),
    slutt: noon(absence.end),
    beskrivelse: `${absence.value} ${units[absence.unit]}${absence.mode === 'aggregate' ? ' i alt' : ''}`,
  },
  _links: {
    elevfravar: link('absences', absences),
    ...(absence.valid === null ? {} : { fravarstype: link('absenceKind', kinds[absence.valid ? 'valid' : 'invalid']) }),
    ...(relation === null ? {} : aboutLinks(about, relation)),
  },
});

/** What holds the marks of a pupil at a school. */
export const assessmentsResource = (key: string, enrolment: string): object => ({
  systemId: identified(key),
  _links: { elevforhold: link('enrolment', enrolment) },
});

const byType: readonly (readonly [RegExp, string])[] = [
  [/^term\b|halv[åa]r/i, 'utdanning/vurdering/halvarsfagvurdering'],
  [/^exam\b|eksamen/i, 'utdanning/vurdering/eksamensvurdering'],
];
const otherwise = {
  interim: 'utdanning/vurdering/underveisfagvurdering',
  final: 'utdanning/vurdering/sluttfagvurdering',
} as const;

/** The collection that a result is of; null when it is no mark. */
export const resultCollection = (result: PifuResult): string | null =>
  result.mode !== null && !/^(?:grade|karakter)$/i.test(result.mode)
    ? null
    : (byType.find(([type]) => type.test(result.type ?? ''))?.[1] ?? otherwise[result.final ? 'final' : 'interim']);

/** A mark in a subject. */
export const resultResource = (
  key: string,
  assessment: string,
  result: PifuResult,
  date: string | null,
  year: string | null,
  about: About,
): object => ({
  systemId: identified(key),
  kommentar: withoutNationalIds([result.type, result.comment].filter((part) => part !== null).join(': ')),
  ...(date === null ? {} : { vurderingsdato: noon(date) }),
  _links: {
    elevvurdering: link('assessment', assessment),
    karakter: link('mark', result.value),
    ...(year === null ? {} : { skolear: link('year', year) }),
    ...aboutLinks(about, 'eksamensgruppe'),
  },
});
