// Files of IMS Enterprise in every profile are valid: by our schemas and rules, whole and part by part, and by the schema that others know. Over random
// rosters with hostile texts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { imsProfiles } from '#formats/ims/ims-profile.ts';
import { cases } from '../../cases.ts';
import { roster } from '../any-roster.ts';
import { missingReference, officialCheck } from '../official-schemas.ts';
import { withCheck, writeRoster } from '../taken-through.ts';

const profiles = Object.values(imsProfiles).map(({ name }) => name);
const official = 'ims-enterprise/ims_epv1p1.no-namespace.xsd';

describe('files of IMS Enterprise', () => {
  for (const profile of profiles)
    it(`${profile}: valid by our schema and rules, as a whole and in parts`, () => {
      withCheck(profile, (check) =>
        fc.assert(
          fc.property(roster, (one) => {
            const written = writeRoster(profile, one);
            assert.deepEqual(written.rules, []);
            assert.deepEqual(check.check(Buffer.from(written.file)), []);
            for (const part of written.parts) assert.deepEqual(check.check(Buffer.from(part)), []);
          }),
          { numRuns: cases(100) },
        ),
      );
    });

  it('valid by the schema that others know', { skip: missingReference(official) }, () => {
    const check = officialCheck(official);
    assert(check !== null);
    try {
      fc.assert(
        fc.property(roster, fc.constantFrom(...profiles), (one, profile) => {
          assert.deepEqual(check.check(Buffer.from(writeRoster(profile, one).file)), []);
        }),
        { numRuns: cases(200) },
      );
    } finally {
      check.close();
    }
  });
});
