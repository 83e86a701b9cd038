// Finds national identity numbers in a text by their two check digits, synthetic ones included. Used by the end-to-end tests to show that
// none stands where none may. Independent of the code that makes the numbers.

const first = [3, 7, 6, 1, 8, 9, 4, 5, 2] as const;
const second = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2] as const;

const remainder = (text: string, weights: readonly number[]): number => {
  const sum = weights.reduce((total, weight, at) => total + weight * Number(text[at]), 0);
  return (11 - (sum % 11)) % 11;
};

const isDate = (text: string): boolean => {
  const day = Number(text.slice(0, 2)) % 40;
  const month = Number(text.slice(2, 4)) % 40;
  return day >= 1 && day <= 31 && ((month >= 1 && month <= 12) || false);
};

// Ids of requests are random: now and then one ends with eleven digits that would be somebody's number.
const requestIds = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/g;

/** Every run of eleven digits in the text, outside of ids of requests, that has the form of a national id, a D-number or a synthetic one. */
export const nationalIdsIn = (text: string): readonly string[] => {
  const found: string[] = [];
  for (const match of text.replaceAll(requestIds, ' ').matchAll(/(?<!\d)\d{11}(?!\d)/g)) {
    const [digits] = match;
    const valid = remainder(digits, first) === Number(digits[9]) && remainder(digits, second) === Number(digits[10]);
    if (valid && isDate(digits)) found.push(digits);
  }
  return found;
};
