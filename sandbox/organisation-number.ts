// Synthetic organisation numbers of the 3-series, which the public register of entities does not give out.
// Called by the generator and by tests. It must not know which organisation gets which number.

const WEIGHTS = [3, 2, 7, 6, 5, 4, 3, 2] as const;

const checkDigit = (eight: string): number => {
  let sum = 0;
  for (let place = 0; place < 8; place += 1) sum += Number(eight[place]) * (WEIGHTS[place] ?? 0);
  return (11 - (sum % 11)) % 11;
};

/** Gives organisation number `index` (from 0): nine digits, another one for every index. */
export const organisationNumber = (index: number): string => {
  // One prefix in eleven has no check digit, so every index owns seven prefixes and takes its first usable one.
  for (let prefix = 31_000_000 + index * 7; ; prefix += 1) {
    const digit = checkDigit(String(prefix));
    if (digit < 10) return `${prefix}${digit}`;
  }
};

/** Tells whether a text is a well-formed organisation number of a series used for synthetic data (2 or 3). */
export const isSyntheticOrganisationNumber = (value: string): boolean =>
  /^[23]\d{8}$/.test(value) && checkDigit(value) === Number(value[8]);
