// The schemas of the standards themselves, as reference data beside the project: tests hold what we write against them where they are. They are not part
// of the project; where they are missing the tests that need them are skipped and say so.
import { existsSync, readFileSync } from 'node:fs';
import type { SchemaCheck } from '#formats/roster.ts';
import { xsdCheck } from '#formats/xml/validate-xsd.ts';

const folder = new URL('../../../shared/schemas/', import.meta.url);

/** The text of a file of the reference data; null where there is none. */
export const referenceFile = (path: string): string | null => {
  const file = new URL(path, folder);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
};

/** A check against one of the schemas; null where it is missing. */
export const officialCheck = (path: string): SchemaCheck | null => {
  const schema = referenceFile(path);
  return schema === null ? null : xsdCheck(schema, (line) => /<id>([^<]*)/.exec(line)?.[1] ?? null);
};

/** Why a test is skipped; false when the file is there. */
export const missingReference = (path: string): string | false =>
  existsSync(new URL(path, folder)) ? false : `NOT TESTED: the reference file ${path} is not beside the project`;
