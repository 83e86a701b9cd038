// Holds parts of an IMS file against the schema of its profile and against what no schema can say. Made for one file, closed with it.
import { limits } from '#base/limits.ts';
import { lookedAtOnce } from '../alike-entries.ts';
import type { AlikeEntries } from '../alike-entries.ts';
import type { SchemaCheck } from '../roster.ts';
import { xsdCheck } from '../xml/validate-xsd.ts';
import { imsProfiles } from './ims-profile.ts';
import type { ImsProfileName } from './ims-profile.ts';
import { imsSchema } from './ims-schema.ts';
import { imsIdOf, imsTextFindings } from './ims-text.ts';

/** A check of one profile. What it finds it says with ids and never with a name or a national id. */
export const imsCheck = (profile: ImsProfileName): SchemaCheck => {
  const schema = xsdCheck(imsSchema(profile), imsIdOf(profile));
  const check = lookedAtOnce(members(profile), (document) => [
    ...schema.check(document),
    ...imsTextFindings(profile, document.toString('utf8')),
  ]);
  return { check: (document) => check(document).slice(0, limits.exportFindings), close: schema.close };
};

const members = (profile: ImsProfileName): AlikeEntries => ({
  start: /<member><sourcedid><source>[^<]*<\/source><id>/,
  id: imsProfiles[profile].id === 'national-id' ? /\d{11}<\/id>/y : /(?!\d{11}<)[\w.:-]{1,256}<\/id>/y,
  end: '</member>',
  between: '\n',
});
