// The official examples of PIFU-IMS, read where they lie beside the repository: what is kept back and what is odd, exactly, and what comes out of the
// rest. They are not part of the product (their owner states no licence).
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { importFile } from './workbench.ts';

const folder = join(import.meta.dirname, '../../../../shared/schemas/pifu-ims');
const skip = existsSync(folder) ? false : 'the official examples are not beside this repository';

type Expected = {
  /** Line, code and what. */
  readonly keptBack: readonly (readonly [line: number, code: string, what: string])[];
  readonly warnings: readonly (readonly [line: number, code: string, what: string])[];
  readonly entries: number;
};

const school = [94, 'HUB-638', 'group'] as const;
const alone = (line: number) => [line, 'HUB-633', 'group'] as const;

const expected: Readonly<Record<string, Expected>> = {
  eksempel: {
    keptBack: [
      // The owner's members: the model has none.
      [1135, 'HUB-636', 'membership'],
      [1148, 'HUB-636', 'membership'],
      [1254, 'HUB-635', 'membership'],
      // Two groups that the file does not hold.
      [1314, 'HUB-633', 'membership'],
      [1351, 'HUB-633', 'membership'],
      [1562, 'HUB-636', 'membership'],
      [1592, 'HUB-636', 'membership'],
      [1635, 'HUB-636', 'membership'],
      [1694, 'HUB-633', 'membership'],
      [1724, 'HUB-633', 'membership'],
    ],
    warnings: [
      // National ids that nobody can have, and organisation numbers too.
      [55, 'HUB-637', 'person'],
      [242, 'HUB-637', 'person'],
      [458, 'HUB-638', 'group'],
      [602, 'HUB-638', 'group'],
      // A teaching group without a code.
      [768, 'HUB-638', 'group'],
    ],
    entries: 30,
  },
  eksempel_fravar_1: {
    keptBack: [
      [444, 'HUB-635', 'absence'],
      [461, 'HUB-635', 'absence'],
    ],
    warnings: [[50, 'HUB-637', 'person'], school, alone(94)],
    entries: 15,
  },
  eksempel_fravar_1_kompakt: {
    keptBack: [],
    warnings: [[37, 'HUB-638', 'group'], [37, 'HUB-638', 'group'], alone(37)],
    entries: 11,
  },
  eksempel_fravar_2: {
    keptBack: [
      [62, 'HUB-633', 'membership'],
      [193, 'HUB-633', 'membership'],
      [278, 'HUB-635', 'absence'],
      [294, 'HUB-635', 'absence'],
    ],
    warnings: [],
    entries: 0,
  },
  eksempel_fravar_2_kompakt: {
    keptBack: [
      [27, 'HUB-633', 'membership'],
      [96, 'HUB-633', 'membership'],
      [141, 'HUB-635', 'absence'],
      [153, 'HUB-635', 'absence'],
    ],
    warnings: [],
    entries: 0,
  },
  eksempel_karakter_1: {
    keptBack: [[306, 'HUB-636', 'result']],
    warnings: [[50, 'HUB-637', 'person'], school, alone(94)],
    entries: 12,
  },
  eksempel_karakter_1_kompakt: {
    keptBack: [[95, 'HUB-636', 'result']],
    warnings: [[37, 'HUB-638', 'group'], [37, 'HUB-638', 'group'], alone(37)],
    entries: 12,
  },
  eksempel_karakter_2: { keptBack: [[62, 'HUB-633', 'membership']], warnings: [], entries: 0 },
  eksempel_karakter_2_kompakt: { keptBack: [[27, 'HUB-633', 'membership']], warnings: [], entries: 0 },
};

describe('the official examples', { skip }, () => {
  for (const [name, { keptBack, warnings, entries }] of Object.entries(expected))
    it(name, async () => {
      const read = await importFile(readFileSync(join(folder, `PIFU-IMS_SAS_${name}.xml`)));
      const of = (severity: string) =>
        read.findings.filter((one) => one.severity === severity).map(({ line, code, what }) => [line, code, what]);
      assert.deepEqual(of('kept-back'), keptBack);
      assert.deepEqual(of('warning'), warnings);
      assert.equal(read.count, entries);
    });

  it('hold a teacher by her new id, a pupil with guardians, and no password', async () => {
    const read = await importFile(readFileSync(join(folder, 'PIFU-IMS_SAS_eksempel.xml')));
    const source = 'mitt-sas@måne.kommune.no';
    const teacher = read.resource('administrasjon/personal/personalressurs', `${source}:global_ID_01235`);
    assert.deepEqual(teacher['ansattnummer'], { identifikatorverdi: '1384628' });
    assert.deepEqual(teacher['brukernavn'], { identifikatorverdi: 'jannest' });
    const person = read.resource('utdanning/elev/person', `${source}:global_ID_01236`);
    assert.deepEqual(person['navn'], { fornavn: 'Ola Tobias', etternavn: 'Nordmann' });
    assert.equal(person['nummertype'], 'midlertidig');
    assert.equal(read.entries.get('grunnskole/foresatt/foresattforhold')?.size, 2);
    const all = JSON.stringify([...read.entries].map(([, of]) => [...of]));
    assert.doesNotMatch(all, /4bee4fc53ab2|58ddb4dee070|17097055655|09119311111|Henrik Ibsen|Armstrong/);
  });

  it('hold absence with how much it is, and marks with what they are of', async () => {
    const absence = await importFile(readFileSync(join(folder, 'PIFU-IMS_SAS_eksempel_fravar_1.xml')));
    const told = [...(absence.entries.get('utdanning/vurdering/fravarsregistrering')?.values() ?? [])].map((one) => {
      const { beskrivelse } = one['periode'] as { readonly beskrivelse: string };
      return `${beskrivelse} ${one['_links']?.['fravarstype']?.[0]?.href ?? ''}`;
    });
    assert.deepEqual(told, [
      '3 dager i alt systemid/D',
      '4 timer i alt systemid/D',
      '1 dager i alt systemid/D',
      '0 timer i alt systemid/U',
      '0.75 timer systemid/D',
      '0.75 timer systemid/U',
      '0.75 timer systemid/D',
    ]);
    const marks = await importFile(readFileSync(join(folder, 'PIFU-IMS_SAS_eksempel_karakter_1.xml')));
    const given = ['halvarsfagvurdering', 'sluttfagvurdering', 'eksamensvurdering'].map((name) =>
      [...(marks.entries.get(`utdanning/vurdering/${name}`)?.values() ?? [])].map(
        (one) => one['_links']?.['karakter']?.[0]?.href,
      ),
    );
    assert.deepEqual(given, [['systemid/4'], ['systemid/5'], ['systemid/5', 'systemid/6']]);
  });
});
