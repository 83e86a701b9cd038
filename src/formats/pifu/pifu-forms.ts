// The forms that PIFU-IMS demands of values (LMS facts 5.1, 5.2, 10), and how values are brought to them. Used by the writer and the rules. Pure.

const urlForm =
  /^https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?](?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)?(?:#[A-Za-z0-9\-._~/?]*)?$/;
const longest = 256;

export const isUrl = (text: string): boolean => text.length <= longest && urlForm.test(text);

export const isOrganisationNumber = (text: string | null): text is string => text !== null && /^\d{9}$/.test(text);

/** Three letters and four digits: a subject of the national register of curricula. */
export const isGrepCode = (text: string): boolean => /^[A-ZÆØÅ]{3}\d{4}$/.test(text);

/** A year of school that the register of curricula knows. */
export const isLevel = (level: number): boolean => Number.isInteger(level) && level >= 1 && level <= 13;

/** F- and D-numbers, and twelve digits of the register of foreigners. */
export const isNationalId = (text: string): boolean => /^\d{11,12}$/.test(text);

const between = /[\s().\-/\u2010-\u2015]/g;
const international = /^\+[1-9]\d{6,14}$/;
const norwegian = /^[2-9]\d{7}$/;
const norwegianAbroad = /^\+47(?:[2-9]\d{7}|\d{12})$/;

/** `+` and digits, `+47` before a number of Norway; null for what cannot be brought to that form. */
export const phoneNumber = (text: string): string | null => {
  if (norwegian.test(text)) return `+47${text}`;
  if (norwegianAbroad.test(text)) return text;
  const plain = text.replaceAll(between, '');
  const number = norwegian.test(plain)
    ? `+47${plain}`
    : plain.startsWith('00')
      ? `+${plain.slice(2)}`
      : /^47[2-9]\d{7}$/.test(plain)
        ? `+${plain}`
        : plain;
  if (!international.test(number)) return null;
  return number.startsWith('+47') && !norwegianAbroad.test(number) ? null : number;
};
