// What the hub adds to the model of study administration: that it stays apart from what FS publishes, and that its ids last.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entry, hubModel } from './models.ts';

const model = hubModel();
const own = [...model.classes.values()].filter((of) => of.package.startsWith('hoyereutdanning/'));

// Ids that clients have kept are made of these numbers: those of FS go to 145, and this list grows at its end alone.
test('numbers of classes go on where those of FS end, and never change', () => {
  assert.deepEqual(
    own.map(({ name, number }) => [number, name]).toSorted(([a], [b]) => Number(a) - Number(b)),
    [
      [146, 'Landtype'],
      [147, 'Kommune'],
      [148, 'Emnevalgstatus'],
      [149, 'Utdanningsplanelementtype'],
      [150, 'Utdanningsplanelement'],
      [151, 'Studienivaintervall'],
      [152, 'Eksternresultatperiode'],
      [153, 'Eksternresultatbeskrivelsesmodell'],
      [154, 'Eksternresultatregistreringskilde'],
      [155, 'Eksternresultatkategori'],
      [156, 'Emnefritak'],
      [157, 'Eksternresultat'],
      [158, 'EksternresultatIUtdanningsplan'],
      [159, 'Resultatutveksling'],
      [160, 'Kvalifikasjonsgrunnlag'],
      [161, 'Tilbudstatus'],
      [162, 'Soknadsalternativ'],
    ],
  );
});

test('what is of somebody is about somebody, and code tables are about nobody', () => {
  const { about } = model.protection;
  for (const of of own) {
    const path = `${of.package}/${of.segment}`;
    assert.equal(about.has(path), of.package !== 'hoyereutdanning/register', path);
    assert.equal(of.register, of.package === 'hoyereutdanning/register', path);
  }
});

test('what is added to classes of FS leads there and back, and may be left out', () => {
  const student = entry(model.classes, 'fs/person:StudentVedLarested');
  for (const name of ['emnefritak', 'eksternresultater', 'resultatutvekslinger']) {
    const relation = entry(student.relationByName, name);
    assert.equal(relation.min, 0, name);
    assert.equal(entry(entry(model.classes, relation.target).relationByName, 'student').inverse, name);
  }
  for (const [key, name, back] of [
    ['fs/person:PersonProfil', 'soknadsalternativer', 'personProfil'],
    ['fs/studierett:FsSoknad', 'alternativer', 'soknad'],
  ] as const) {
    const relation = entry(entry(model.classes, key).relationByName, name);
    assert.equal(relation.min, 0, name);
    assert.equal(entry(entry(model.classes, relation.target).relationByName, back).inverse, name);
  }
});
