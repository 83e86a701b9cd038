// What a reader that knows XML is to find where a text stood in a roster: written apart from the product, slowly and letter by letter.
import type { RosterMember, RosterPerson } from '#formats/roster.ts';

const standsInXml = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  code >= 0x1_00_00;

/** The text as it is shown; '' for null. */
export const shown = (text: string | null, most = 256): string =>
  [
    ...[...(text ?? '')]
      .filter((letter) => standsInXml(letter.codePointAt(0) ?? 0))
      .map((letter) => (/\s/.test(letter) || /[\u007f-\u009f]/.test(letter) ? ' ' : letter))
      .join('')
      .replaceAll(/ +/g, ' ')
      .trim(),
  ]
    .slice(0, most)
    .join('')
    .trimEnd();

/** The address, when it is one. */
export const shownEmail = (person: RosterPerson): string => {
  const email = shown(person.email, Infinity);
  return email.length <= 256 && /^[^@ ]+@[^@ ]+\.[^@ .]+$/.test(email) ? email : '';
};

/** Telephone numbers as digits, those that are some. */
export const shownPhones = (
  person: RosterPerson,
): readonly { readonly kind: string; readonly of: string; readonly number: string }[] =>
  person.phones
    .map(({ kind, of, number }) => ({ kind, of, number: shown(number.replaceAll(/[\s().-]/g, ''), Infinity) }))
    .filter(({ number }) => /^\+?\d{3,31}$/.test(number));

/** What is in force of members of whom one word is said, by person. */
export const inForce = (
  members: readonly RosterMember[],
  wordOf: (member: RosterMember) => string,
): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  for (const member of members)
    if (member.active) found.set(member.person, (found.get(member.person) ?? new Set()).add(wordOf(member)));
  return found;
};
