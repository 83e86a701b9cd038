// National ids of the real range that nobody has: birth years 1941 to 1999 in the series 750 to 899, which were never given to anybody born then.
// Used by tests of what is refused where; made here, so that no number of the real range stands in the repository.

const rows = [
  [3, 7, 6, 1, 8, 9, 4, 5, 2],
  [5, 4, 3, 2, 7, 6, 5, 4, 3, 2],
] as const;

const completed = (nine: string): string | null => {
  let digits = nine;
  for (const row of rows) {
    const sum = row.reduce((total, weight, place) => total + weight * Number(digits[place]), 0);
    digits += String((11 - (sum % 11)) % 11);
  }
  return digits.length === 11 ? digits : null;
};

/** So many numbers, with right check digits. `day` and `month` are added to those of the dates: 40 makes a D-number, 40 and 80 what is synthetic. */
export const nobodysNumbers = (count: number, { day = 0, month = 0 } = {}): readonly string[] => {
  const found: string[] = [];
  for (let at = 0; found.length < count; at += 1) {
    const first = String((at % 28) + 1 + day).padStart(2, '0');
    const second = String((Math.floor(at / 28) % 12) + 1 + month).padStart(2, '0');
    const number = completed(`${first}${second}${60 + (at % 40)}${750 + (at % 150)}`);
    if (number !== null) found.push(number);
  }
  return found;
};
