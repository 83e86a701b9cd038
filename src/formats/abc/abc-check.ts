// Holds parts of an ABC file against our schema and against what no schema can say. Made for one file, closed with it.
import { limits } from '#base/limits.ts';
import { lookedAtOnce } from '../alike-entries.ts';
import type { AlikeEntries } from '../alike-entries.ts';
import type { SchemaCheck } from '../roster.ts';
import { xsdCheck } from '../xml/validate-xsd.ts';
import { abcSchema } from './abc-schema.ts';
import { abcIdOf, abcTextFindings } from './abc-text.ts';

/** A check of ABC files. What it finds it says with ids and never with a name or a national id. */
export const abcCheck = (): SchemaCheck => {
  const schema = xsdCheck(abcSchema(), abcIdOf);
  const check = lookedAtOnce(objects, (document) => [
    ...schema.check(document),
    ...abcTextFindings(document.toString('utf8')),
  ]);
  return { check: (document) => check(document).slice(0, limits.exportFindings), close: schema.close };
};

/** Those who are something to somebody. */
const objects: AlikeEntries = {
  start: /<personid personidtype="PersonID">/,
  id: /[\w.:-]{1,256}<\/personid>/y,
  end: '</personid>',
  between: '',
};
