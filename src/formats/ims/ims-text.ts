// What no schema can say of the text of an IMS file, and what readers that know no XML need (LMS facts 6, 9.1): no document type, no namespace, one entry
// on a line, the type of a role as its first attribute, levels that agree with their words. Beside the schema, for every part of a file.
import { holdsNationalId } from '#base/national-id.ts';
import type { RosterFinding, RosterId } from '../roster.ts';
import { ownerWord, schoolWord } from '../school-words.ts';
import { groupTypes } from './codes.ts';
import { imsProfiles } from './ims-profile.ts';
import type { ImsProfileName } from './ims-profile.ts';

const firstId = /<sourcedid(?: sourcedidtype="New")?><source>[^<]*<\/source><id>([^<]*)<\/id>/;

/** Finds the id of the entry on a line. None that is a national id: in a profile where those are ids, and where one stands by mistake. */
export const imsIdOf =
  (profile: ImsProfileName) =>
  (line: string): RosterId | null => {
    const ofPerson = !line.startsWith('<group') && !line.startsWith('<membership');
    if (ofPerson && imsProfiles[profile].id === 'national-id') return null;
    const id = firstId.exec(line)?.[1];
    return id === undefined || holdsNationalId(id) ? null : id;
  };

// Each in one piece: lines that readers go through one by one.
const lineForm =
  /^(?:<\?xml version="1\.0" encoding="UTF-8"\?>|<\/?enterprise>|<properties[ >].*<\/properties>|<person[ >].*<\/person>|<group[ >].*<\/group>|<membership><sourcedid>.*<\/sourcedid>|<member>.*<\/member>|<\/membership>|)$/;

const levels: ReadonlyMap<string, string> = new Map(
  [...Object.values(groupTypes), ownerWord, schoolWord].flatMap((type) =>
    type === null ? [] : [[`<scheme>${type.scheme}</scheme><typevalue level="${type.level}">`, type.text]],
  ),
);

type Rule = { readonly rule: string; readonly message: string; readonly broken: (line: string) => boolean };

const rules: readonly Rule[] = [
  { rule: 'doctype', message: 'The file declares no document type.', broken: (line) => /<!(?!\[)/.test(line) },
  {
    rule: 'namespace',
    message: 'The file has no namespace.',
    broken: (line) => /<[^>]*\s(?:xmlns|xsi|xml)[:=]/.test(line),
  },
  {
    rule: 'line',
    message: 'Every entry stands on a line, and no two on the same.',
    broken: (line) => !lineForm.test(line) || /<\/(?:person|group|member)>./.test(line),
  },
  {
    rule: 'role-type-first',
    message: 'The type of a role is its first attribute.',
    broken: (line) => /<role(?! roletype=")/.test(line),
  },
  {
    rule: 'group-level',
    message: 'The level of a type of group agrees with its word.',
    broken: (line) => !levelAgrees(line),
  },
];

const typeOfGroup = /(<scheme>[^<]*<\/scheme><typevalue level="[^"]*">)([^<]*)</;

const levelAgrees = (line: string): boolean => {
  if (!line.startsWith('<group')) return true;
  const [, code, word] = typeOfGroup.exec(line) ?? [];
  return code !== undefined && levels.get(code) === word;
};

/** Everything that is wrong with a document, by line; [] when it is as it should be. */
export const imsTextFindings = (profile: ImsProfileName, text: string): readonly RosterFinding[] => {
  const idOf = imsIdOf(profile);
  const findings: RosterFinding[] = [];
  for (const line of text.split('\n'))
    for (const { rule, message, broken } of rules) if (broken(line)) findings.push({ rule, at: idOf(line), message });
  return findings;
};
