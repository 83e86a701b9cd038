// The owner and its schools, those that were asked for: what everything else is at. Called by open-roster.ts, first of all.
import type { RosterAddress, RosterOwner, RosterSchool } from '#formats/roster.ts';
import { rows } from '#mappings/narrowing.ts';
import type { OwnerRow } from './mappings/owner.ts';
import { schoolKinds, type SchoolRow } from './mappings/school.ts';
import type { UnitRow } from './mappings/unit.ts';
import { oneLine } from './plain-text.ts';
import { createShortNames } from './short-names.ts';
import type { RosterState } from './state.ts';

export type ReadSchools = { readonly owner: RosterOwner | null; readonly schools: readonly RosterSchool[] };

/** Reads them, and gives each school that is in a place among the holders. */
export const readSchools = async (state: RosterState): Promise<ReadSchools> => {
  const found: SchoolRow[] = [];
  const { shapes, asked } = state;
  for await (const page of state.pages(shapes.school.shape, asked === null ? null : rows(...asked)))
    for (const node of page) found.push(shapes.school.read(node, state.now));
  const owner = await readOwner(state, new Set(found.map(({ uid }) => uid)));
  const shortNames = createShortNames();
  const schools: RosterSchool[] = [];
  for (const row of found) {
    const name = oneLine(row.name);
    if (name === '') {
      state.tell({ code: 'no-name', what: 'school', id: row.id });
      continue;
    }
    state.schools.set(row.uid, state.holders.push({ uid: row.uid, id: row.id, type: null, school: row.uid }) - 1);
    schools.push({
      ...unitOf(row),
      legalName: some(row.legalName) ?? some(row.registeredName) ?? name,
      owner: owner?.id ?? null,
      shortName: shortNames('', name, row.id),
      gsiNumber: some(row.gsiNumber),
      kinds: [...new Set((row.offers ?? []).flatMap((offer) => schoolKinds[offer.toUpperCase()] ?? []))],
    });
  }
  return { owner, schools };
};

/** The one who has most of the schools; of several with as many the first. */
const readOwner = async (state: RosterState, schools: ReadonlySet<number>): Promise<RosterOwner | null> => {
  let best: { readonly row: OwnerRow; readonly schools: number } | null = null;
  for await (const page of state.pages(state.shapes.owner.shape, null))
    for (const node of page) {
      const row = state.shapes.owner.read(node, state.now);
      const own = (row.schools ?? []).filter((uid) => schools.has(uid)).length;
      if (best === null || own > best.schools) best = { row, schools: own };
    }
  if (best === null) return null;
  const { row } = best;
  return {
    ...unitOf(row),
    legalName: some(row.registeredName) ?? some(row.name),
    municipalityNumber: some(row.municipalityNumber),
  };
};

const some = (text: string | undefined): string | null => {
  const line = oneLine(text);
  return line === '' ? null : line;
};

const organisationNumberShape = /^\d{9}$/;

const unitOf = (row: UnitRow) => {
  const number = oneLine(row.organisationNumber).replaceAll(/[^\d]/g, '');
  return {
    uid: row.uid,
    id: row.id,
    name: oneLine(row.name),
    organisationNumber: organisationNumberShape.test(number) ? number : null,
    domain: some(row.domain),
    email: some(row.email),
    phone: some(row.phone),
    url: some(row.url),
    address: addressOf(row.postal) ?? addressOf(row.visited),
  };
};

const addressOf = (row: UnitRow['postal']): RosterAddress | null => {
  const lines = (row?.lines ?? []).flatMap((line) => some(line) ?? []);
  const [postalCode, place] = [some(row?.postalCode), some(row?.place)];
  return lines.length === 0 && postalCode === null && place === null ? null : { lines, postalCode, place };
};
