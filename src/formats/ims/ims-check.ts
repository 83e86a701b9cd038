// Holds parts of an IMS file against the schema of its profile and against what no schema can say. Made for one file, closed with it.
import { limits } from '#base/limits.ts';
import type { SchemaCheck } from '../roster.ts';
import { xsdCheck } from '../xml/validate-xsd.ts';
import type { ImsProfileName } from './ims-profile.ts';
import { imsSchema } from './ims-schema.ts';
import { imsIdOf, imsTextFindings } from './ims-text.ts';

/** A check of one profile. What it finds it says with ids and never with a name or a national id. */
export const imsCheck = (profile: ImsProfileName): SchemaCheck => {
  const schema = xsdCheck(imsSchema(profile), imsIdOf(profile));
  return {
    check: (document) =>
      [...schema.check(document), ...imsTextFindings(profile, document.toString('utf8'))].slice(
        0,
        limits.exportFindings,
      ),
    close: schema.close,
  };
};
