// Files of ABC Enterprise are valid: by our schema and rules, whole and part by part, and by the schema that was inferred from other readers. Over random
// rosters with hostile texts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { cases } from '../../cases.ts';
import { roster } from '../any-roster.ts';
import { missingReference, officialCheck } from '../official-schemas.ts';
import { withCheck, writeRoster } from '../taken-through.ts';

const inferred = 'abc-enterprise/abc-enterprise.inferred.xsd';

describe('files of ABC Enterprise', () => {
  it('valid by our schema and rules, as a whole and in parts', () => {
    withCheck('abc-1', (check) =>
      fc.assert(
        fc.property(roster, (one) => {
          const written = writeRoster('abc-1', one);
          assert.deepEqual(written.rules, []);
          assert.deepEqual(check.check(Buffer.from(written.file)), []);
          for (const part of written.parts) assert.deepEqual(check.check(Buffer.from(part)), []);
        }),
        { numRuns: cases(100) },
      ),
    );
  });

  it('valid by the schema inferred from other readers', { skip: missingReference(inferred) }, () => {
    const check = officialCheck(inferred);
    assert(check !== null);
    try {
      fc.assert(
        fc.property(roster, (one) => {
          assert.deepEqual(check.check(Buffer.from(writeRoster('abc-1', one).file)), []);
        }),
        { numRuns: cases(200) },
      );
    } finally {
      check.close();
    }
  });
});
