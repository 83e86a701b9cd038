// What no schema can say of the text of an ABC file (LMS facts 7): types that are declared for what they stand on, relations between what was declared, no
// attribute of XML's own, which readers would count. Beside the schema, for every part of a file; each part begins with the declarations.
import { holdsNationalId } from '#base/national-id.ts';
import type { RosterFinding, RosterId } from '../roster.ts';

const entryId =
  /^<(?:person><personid personidtype="[^"]*">|group><groupid groupidtype="[^"]*">|ou>(?:<ouid[^>]*>[^<]*<\/ouid>)*?<ouid ouidtype="OUID">|relation relationtype="[^"]*"><subject><(?:personid|groupid) [^>]*>|relation relationtype="[^"]*"><subject><org><orgid[^>]*>[^<]*<\/orgid><ouid [^>]*>)([^<]*)</;

/** Finds the id of the entry on a line; a relation has that of its subject. None that is a national id by mistake. */
export const abcIdOf = (line: string): RosterId | null => {
  const id = entryId.exec(line)?.[1];
  return id === undefined || holdsNationalId(id) ? null : id;
};

const lineForm =
  /^(?:<\?xml version="1\.0" encoding="UTF-8"\?>|<\/?document>|<properties>.*<\/properties>|<organization>.*|<\/organization>|<ou>.*<\/ou>|<person>.*<\/person>|<group>.*<\/group>|<relation .*<\/relation>|)$/;

const declaredWord = /<(addresstype|contacttype|tagtype) subject="([^"]*)">([^<]*)</g;
const declaredRelation = /<relationtype subject="([^"]*)" object="([^"]*)">([^<]*)</g;
const used = /<[a-z]+ (addresstype|contacttype|tagtype)="([^"]*)"/g;
const relation = /^<relation relationtype="([^"]*)"><subject><([a-z]+).*?<object><([a-z]+)/;

const lineOf: Readonly<Record<string, string>> = {
  '<organization': 'organization',
  '<ou': 'ou',
  '<person': 'person',
  '<group': 'group',
};
const entityOf: Readonly<Record<string, string>> = { org: 'ou', personid: 'person', groupid: 'group' };

/** Everything that is wrong with a document, by line; [] when it is as it should be. */
export const abcTextFindings = (text: string): readonly RosterFinding[] => {
  const findings: RosterFinding[] = [];
  const declared = new Set<string>();
  for (const line of text.split('\n')) {
    const say = (rule: string, message: string): void => void findings.push({ rule, at: abcIdOf(line), message });
    if (line.startsWith('<properties>')) {
      for (const [, type, subject, name] of line.matchAll(declaredWord)) declared.add(`${type} ${subject} ${name}`);
      for (const [, subject, object, name] of line.matchAll(declaredRelation))
        declared.add(`relation ${subject} ${object} ${name}`);
      continue;
    }
    if (/<!(?!\[)/.test(line)) say('doctype', 'The file declares no document type.');
    if (/<[^>]*\s(?:xmlns|xsi|xml)[:=]/.test(line))
      say('attribute', 'An element has an attribute that is not the format’s: readers count them.');
    if (!lineForm.test(line) || /<\/(?:ou|person|group|relation)>./.test(line))
      say('line', 'Every entry stands on a line, and no two on the same.');
    const what = lineOf[/^<[a-z]+/.exec(line)?.[0] ?? ''];
    if (what !== undefined)
      for (const [, type, name] of line.matchAll(used))
        if (!declared.has(`${type} ${what} ${name}`))
          say('undeclared', 'A type is used that is not declared for what it stands on.');
    if (line.startsWith('<relation ')) {
      const [, name, subject = '', object = ''] = relation.exec(line) ?? [];
      if (!declared.has(`relation ${entityOf[subject]} ${entityOf[object]} ${name}`))
        say('undeclared', 'A type of relation is used that is not declared between these.');
    }
  }
  return findings;
};
