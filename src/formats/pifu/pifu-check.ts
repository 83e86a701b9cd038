// Holds parts of a PIFU-IMS file against our schema of its version, and against what no schema can say of the text alone. Called through
// roster-format.ts, for every part before it leaves. Says ids of entries, and nothing else of what stands in them.
import { readFileSync } from 'node:fs';
import { limits } from '#base/limits.ts';
import { lookedAtOnce } from '../alike-entries.ts';
import type { AlikeEntries } from '../alike-entries.ts';
import type { RosterFinding, SchemaCheck } from '../roster.ts';
import { schemes } from '../school-words.ts';
import { xsdCheck } from '../xml/validate-xsd.ts';
import { groupTypes, identifiers, pifuProfiles, unitTypes } from './codes.ts';
import type { PifuProfileName } from './codes.ts';

const schemaFile = (profile: PifuProfileName): URL => new URL(`schemas/${profile}.xsd`, import.meta.url);

/** The check of a profile; every call needs a whole document, with what stands before and after the part. */
export const pifuCheck = (profile: PifuProfileName): SchemaCheck => {
  const schema = xsdCheck(readFileSync(schemaFile(profile), 'utf8'), idOf);
  const { namespace } = pifuProfiles[profile];
  const check = lookedAtOnce(members, (document) => [...schema.check(document), ...textFindings(document, namespace)]);
  return { check: (document) => check(document).slice(0, limits.exportFindings), close: schema.close };
};

const members: AlikeEntries = {
  start: /<member><sourcedid><source>[^<]*<\/source><id>/,
  id: /[\w.:-]{1,256}<\/id>/y,
  end: '</member>',
  between: '',
};

const id = /<id>([^<]*)<\/id>/;

/** The id of the entry that stands in a line: the first there is. */
const idOf = (line: string): string | null => id.exec(line)?.[1] ?? null;

const typeOf = /<scheme>([^<]*)<\/scheme><typevalue level="([^"]*)">([^<]*)</;
const parentOf = /<relationship [^>]*><sourcedid><source>[^<]*<\/source><id>([^<]*)</;

/** The code of each type, by scheme and word: which code a word has no schema can say (5.3). */
const levels: ReadonlyMap<string, string> = new Map([
  ...Object.values(unitTypes).map(({ scheme, level, text }) => [`${scheme} ${text}`, level] as const),
  ...Object.values(groupTypes).map(({ scheme, level, text }) => [`${scheme} ${text}`, level] as const),
]);

const numbered = `<pifu_id type="${identifiers.organisation.type}">`;
const named = '<pifu_name type="legalName">';
const coded = `<pifu_id type="${identifiers.subject.type}">`;

type GroupRule = {
  readonly rule: string;
  readonly message: string;
  readonly broken: (entry: string, scheme: string, level: string, text: string) => boolean;
};

/** What groups of a kind must have, which no schema can say either (5.3). */
const groupRules: readonly GroupRule[] = [
  {
    rule: 'group-level',
    message: 'The code of the type of a group is not that of its word.',
    broken: (_, scheme, level, text) => levels.get(`${scheme} ${text}`) !== level,
  },
  {
    rule: 'organisation-number',
    message: 'An owner or a school has no organisation number.',
    broken: (entry, scheme) => scheme === schemes.unit && !entry.includes(numbered),
  },
  {
    rule: 'legal-name',
    message: 'An owner or a school has no legal name.',
    broken: (entry, scheme) => scheme === schemes.unit && !entry.includes(named),
  },
  {
    rule: 'grep-code',
    message: 'A teaching group has no code of a subject.',
    broken: (entry, _, __, text) => text === groupTypes.teaching.text && !entry.includes(coded),
  },
  {
    rule: 'owner-parent',
    message: 'An owner does not belong to itself.',
    broken: (entry, _, __, text) => text === unitTypes.owner.text && parentOf.exec(entry)?.[1] !== idOf(entry),
  },
];

const textFindings = (document: Buffer, namespace: string): readonly RosterFinding[] => {
  const findings: RosterFinding[] = [];
  // Consumers look for this very text (9).
  if (!document.subarray(0, 512).includes(`<enterprise xmlns="${namespace}">`))
    findings.push({ rule: 'namespace', at: null, message: 'The namespace is not declared as consumers look for it.' });
  for (let start = document.indexOf('<group'); start !== -1; start = document.indexOf('<group', start)) {
    let end = document.indexOf('</group>', start);
    if (end === -1) end = document.length;
    const entry = document.toString('utf8', start, end);
    const [, scheme = '', level = '', text = ''] = typeOf.exec(entry) ?? [];
    for (const { rule, message, broken } of groupRules)
      if (broken(entry, scheme, level, text)) findings.push({ rule, at: idOf(entry), message });
    start = end;
  }
  return findings;
};
