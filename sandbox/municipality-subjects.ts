// The subjects of primary and lower secondary school, level by level. Codes have the form of Grep codes: three letters and four digits, a code of
// its own for each level in mathematics and for each stage in the others. Called by municipality-plan.ts. It must not know schools or pupils.

export type LevelSubject = { readonly code: string; readonly name: string };

type Stage = 0 | 1 | 2;

const NAMES = {
  NOR: 'Norsk',
  MAT: 'Matematikk',
  ENG: 'Engelsk',
  NAT: 'Naturfag',
  SAF: 'Samfunnsfag',
  KRO: 'Kroppsøving',
  KHV: 'Kunst og håndverk',
  FSP: 'Fremmedspråk',
} as const;

const CODES: Readonly<Record<Exclude<keyof typeof NAMES, 'MAT'>, readonly [string, string, string]>> = {
  NOR: ['0211', '0213', '0214'],
  ENG: ['0010', '0011', '0012'],
  NAT: ['0008', '0009', '0010'],
  SAF: ['0008', '0009', '0010'],
  KRO: ['0020', '0021', '0022'],
  KHV: ['0008', '0009', '0010'],
  FSP: ['0110', '0111', '0112'],
};

const TAUGHT: Readonly<Record<Stage, readonly (keyof typeof NAMES)[]>> = {
  0: ['NOR', 'MAT', 'ENG', 'NAT', 'KRO'],
  1: ['NOR', 'MAT', 'ENG', 'NAT', 'SAF', 'KRO', 'KHV'],
  2: ['NOR', 'MAT', 'ENG', 'NAT', 'SAF', 'KRO', 'FSP'],
};

/** The subjects of a level: five up to the fourth, then seven. */
export const subjectsOf = (level: number): readonly LevelSubject[] => {
  const stage: Stage = level <= 4 ? 0 : level <= 7 ? 1 : 2;
  return TAUGHT[stage].map((letters) =>
    letters === 'MAT'
      ? { code: `MAT00${String(level).padStart(2, '0')}`, name: `${NAMES.MAT} ${level}. trinn` }
      : { code: `${letters}${CODES[letters][stage]}`, name: NAMES[letters] },
  );
};
