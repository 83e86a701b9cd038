// Organisation numbers: nine digits, the last a check digit modulo 11 (portal facts 5.1). Called by the checks of values.

const weights = [3, 2, 7, 6, 5, 4, 3, 2] as const;
const nineDigits = /^\d{9}$/;

/** What is wrong with a text as an organisation number; '' when nothing is. */
export const organisationNumberFault = (text: string): '' | 'form' | 'check-digit' => {
  if (!nineDigits.test(text)) return 'form';
  let sum = 0;
  for (let place = 0; place < weights.length; place += 1)
    sum += (text.charCodeAt(place) - 0x30) * (weights[place] ?? 0);
  const digit = (11 - (sum % 11)) % 11;
  return digit === text.charCodeAt(8) - 0x30 ? '' : 'check-digit';
};
