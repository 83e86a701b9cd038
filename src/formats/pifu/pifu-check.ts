// Holds parts of a PIFU-IMS file against our schema of its version, and against what no schema can say of the text alone. Called through
// roster-format.ts, for every part before it leaves. Says ids of entries, and nothing else of what stands in them.
import { readFileSync } from 'node:fs';
import { limits } from '#base/limits.ts';
import { lookedAtOnce } from '../alike-entries.ts';
import type { AlikeEntries } from '../alike-entries.ts';
import type { RosterFinding, SchemaCheck } from '../roster.ts';
import { xsdCheck } from '../xml/validate-xsd.ts';
import { groupTypes, pifuProfiles, schemes, unitTypes } from './codes.ts';
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

/** The code of each type, by scheme and word: which code a word has no schema can say (5.3). */
const levels: ReadonlyMap<string, string> = new Map([
  ...Object.values(unitTypes).map(({ level, text }) => [`${schemes.unit} ${text}`, level] as const),
  ...Object.values(groupTypes).map(({ level, text }) => [`${schemes.group} ${text}`, level] as const),
]);

const textFindings = (document: Buffer, namespace: string): readonly RosterFinding[] => {
  const findings: RosterFinding[] = [];
  // Consumers look for this very text (9).
  if (!document.subarray(0, 512).includes(`<enterprise xmlns="${namespace}">`))
    findings.push({ rule: 'namespace', at: null, message: 'The namespace is not declared as consumers look for it.' });
  for (let start = document.indexOf('<group'); start !== -1; start = document.indexOf('<group', start)) {
    let end = document.indexOf('</group>', start);
    if (end === -1) end = document.length;
    const entry = document.toString('utf8', start, end);
    const [, scheme, level, text] = typeOf.exec(entry) ?? [];
    if (levels.get(`${scheme} ${text}`) !== level)
      findings.push({
        rule: 'group-level',
        at: idOf(entry),
        message: 'The code of the type of a group is not that of its word.',
      });
    start = end;
  }
  return findings;
};
