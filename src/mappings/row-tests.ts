// Which resources count: what is in force, and what a guardianship allows. Used by the mappings and by the facts of filters, so that a list is
// filtered by what is shown. Knows attributes and relations of the model, no collection.
import type { DocumentNode } from '#hub/documents/document.ts';
import type { CivilNow, RowTest } from './mapping.ts';
import { civilDateOf, holdsOn, periodOf } from './converters.ts';

/** The period has not ended: it holds today or will do. */
export const notEnded: RowTest = {
  looksAt: ['gyldighetsperiode'],
  holds: ({ gyldighetsperiode }, { today }) => (periodOf(gyldighetsperiode).to ?? today) >= today,
};

/** An enrolment that has neither ended nor been broken off. */
export const enrolled: RowTest = {
  looksAt: ['gyldighetsperiode', 'avbruddsdato'],
  holds: ({ gyldighetsperiode, avbruddsdato }, { today }) =>
    (periodOf(gyldighetsperiode).to ?? today) >= today && (civilDateOf(avbruddsdato) ?? today) >= today,
};

/** An enrolment that has ended or been broken off. */
export const leftBehind: RowTest = {
  looksAt: ['gyldighetsperiode', 'avbruddsdato'],
  holds: (values, now, row) => !enrolled.holds(values, now, row),
};

/** The rights that a message to the guardian needs one of: alerts, messages, emergency messages (facts 3). */
const rightsToReach = new Set(['VARSLER', 'MOTTAKER', 'KRISE']);

const rightsOf = (guardianship: DocumentNode): readonly string[] =>
  (guardianship.parts['rettighet'] ?? []).flatMap(({ values: { kode } }) => (typeof kode === 'string' ? [kode] : []));

/** The attributes of a guardianship that decide: unless all of them are seen, nobody can say that it shows. */
const decisive = ['gyldighetsperiode', 'sperret'] as const;

/** That it shows while it is in force: nobody is shut out, and it gives a right. */
const mayShow = (guardianship: DocumentNode): boolean =>
  !decisive.some((attribute) => guardianship.hides(attribute)) &&
  guardianship.values['sperret'] !== true &&
  rightsOf(guardianship).length > 0;

const showsAt = (guardianship: DocumentNode, { today }: CivilNow): boolean =>
  mayShow(guardianship) && holdsOn(periodOf(guardianship.values['gyldighetsperiode']), today);

/** A guardianship that showed until its last day, which is over. */
export const hasRunOut = (guardianship: DocumentNode, { today }: CivilNow): boolean =>
  mayShow(guardianship) && (periodOf(guardianship.values['gyldighetsperiode']).to ?? today) < today;

/**
 * A guardianship shows while it is in force, unless the school has shut the guardian out, and only when it gives at least one right: parental
 * responsibility alone gives none (facts 10, 12).
 */
export const guardianshipShows: RowTest = {
  looksAt: ['gyldighetsperiode', 'sperret', 'rettighet.kode'],
  holds: (_values, now, row) => showsAt(row, now),
};

/** The guardian may be reached: a guardianship that shows gives a right to be written to. */
export const guardianMayBeReached: RowTest = {
  looksAt: guardianshipShows.looksAt,
  holds: (_values, now, row) => showsAt(row, now) && rightsOf(row).some((right) => rightsToReach.has(right)),
};

/** The same of a person: any of the guardianships that show gives such a right. */
export const personMayBeReached: RowTest = {
  looksAt: guardianshipShows.looksAt.map((path) => `foresattFor.${path}`),
  holds: (_values, now, row) =>
    (row.parts['foresattFor'] ?? []).some((bond) => guardianMayBeReached.holds(bond.values, now, bond)),
};
