// Holds parts of a PIFU-IMS file against our schema of its version, and against what no schema can say of the text alone. Called through
// roster-format.ts, for every part before it leaves. Says ids of entries, and nothing else of what stands in them.
import { readFileSync } from 'node:fs';
import { limits } from '#base/limits.ts';
import type { RosterFinding, SchemaCheck } from '../roster.ts';
import { xsdCheck } from '../xml/validate-xsd.ts';
import { groupTypes, pifuProfiles, schemes, unitTypes } from './codes.ts';
import type { PifuProfileName } from './codes.ts';

const schemaFile = (profile: PifuProfileName): URL => new URL(`schemas/${profile}.xsd`, import.meta.url);

/** The check of a profile; every call needs a whole document, with what stands before and after the part. */
export const pifuCheck = (profile: PifuProfileName): SchemaCheck => {
  const schema = xsdCheck(readFileSync(schemaFile(profile), 'utf8'), idOf);
  const { namespace } = pifuProfiles[profile];
  return {
    check: (document) => {
      const short = withoutAlike(document);
      const found = schema.check(short);
      // Whatever is wrong is looked for everywhere then.
      const all = found.length > 0 && short !== document ? schema.check(document) : found;
      return [...all, ...textFindings(document, namespace)].slice(0, limits.exportFindings);
    },
    close: schema.close,
  };
};

const id = /<id>([^<]*)<\/id>/;

/** The id of the entry that stands in a line: the first there is. */
const idOf = (line: string): string | null => id.exec(line)?.[1] ?? null;

const plainId = /[\w.:-]{1,256}<\/id>/y;
const memberStart = '<member><sourcedid><source>';
const memberEnd = '</member>';
const knownAtMost = 32;

/**
 * The document without members that say the very same as one that stays, but for an id of plain letters: it is valid when the whole is, and most of a file
 * is members that are alike. The first member of each membership stays, and so does the order of lines.
 */
const withoutAlike = (document: Buffer): Buffer => {
  const first = document.indexOf(memberStart);
  if (first === -1) return document;
  // One byte a letter: letters are not looked at.
  const text = document.toString('latin1');
  const start = text.slice(first, text.indexOf('<id>', first) + '<id>'.length);
  const known: string[] = [];
  let kept = '';
  let [from, at] = [0, first];
  while (at !== -1) {
    const end = text.indexOf(memberEnd, at) + memberEnd.length;
    if (end < at) break;
    plainId.lastIndex = at + start.length;
    if (text.startsWith(start, at) && plainId.test(text)) {
      const tail = plainId.lastIndex;
      const alike = known.some((one) => text.startsWith(one, tail) && one.length === end - tail);
      if (!alike && known.length < knownAtMost) known.push(text.slice(tail, end));
      else if (alike && text.startsWith(memberEnd, at - memberEnd.length)) {
        kept += text.slice(from, at);
        from = end;
      }
    }
    at = text.indexOf(memberStart, end);
  }
  return from === 0 ? document : Buffer.from(kept + text.slice(from), 'latin1');
};

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
