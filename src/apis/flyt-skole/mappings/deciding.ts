// Which attributes and relations decide whether an entity shows at all (row-tests.ts and facts.ts say how): when one of them has changed, what is gone
// may just have ceased to show. And what has to show for that which is behind it to count. Used by reads/events.ts.
import type { RowTest } from '#mappings/mapping.ts';
import { guardianshipShows } from '#mappings/row-tests.ts';

/** Names of attributes and relations, by the place in the shape. */
export type Deciding = Readonly<Record<string, readonly string[]>>;

const ofGuardianship = ['gyldighetsperiode', 'sperret', 'rettighet'];

/** By type of event; types that are not here show always. */
export const deciding: Readonly<Record<string, Deciding>> = {
  guardian: { '': ['foresattFor'], foresattFor: ofGuardianship, 'foresattFor.rettighet': ['kode'] },
  membership: {
    '': ['elevforhold', 'sfoplass', 'foresattforhold', 'skoleressurs'],
    sfoplass: ['elevforhold'],
    'sfoplass.elevforhold': ['elev'],
    elevforhold: ['elev'],
    foresattforhold: [...ofGuardianship, 'foresatt'],
    'foresattforhold.rettighet': ['kode'],
    skoleressurs: ['personalressurs'],
  },
};

/** By type of event, then by the place in the shape: what happens there counts while the test holds of what leads to it. */
export const opening: Readonly<Record<string, Readonly<Record<string, RowTest>>>> = {
  pupil: { 'person.foresattforhold.foresatt': guardianshipShows },
  guardian: { 'foresattFor.barn': guardianshipShows },
};
