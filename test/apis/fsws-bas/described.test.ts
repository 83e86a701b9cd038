// What FSWS-BAS publishes of itself, over REST and over SOAP, as golden files; what is our interpretation is marked so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fswsBasApi, fswsBasSoapApi } from '#apis/fsws-bas/fsws-bas-api.ts';
import { systemClock } from '#base/clock.ts';
import { xsdCheck } from '#formats/xml/validate-xsd.ts';
import { golden } from '../../golden.ts';
import { hubModel } from '../../model/models.ts';

const unasked = () => assert.fail('nothing is asked for a description');
const tables = { list: unasked, walk: unasked, write: unasked, outcome: unasked };
const deps = {
  model: hubModel(),
  hub: { run: unasked },
  walk: unasked,
  tables,
  clock: systemClock,
  baseUrl: () => 'https://hub.example',
  endingOf: () => [],
  switchedOn: unasked,
};

for (const { entry, describe } of [fswsBasApi(deps), fswsBasSoapApi(deps)])
  test(`${entry.id} is described as before`, () => {
    const artefacts = describe();
    assert.ok(artefacts.length >= 2);
    for (const { name, text } of artefacts) {
      assert.ok(name.startsWith(`${entry.id}/`), name);
      golden(name, text);
      // Throws for what is no schema.
      if (name.endsWith('.xsd')) xsdCheck(text, () => null).close();
    }
  });

test('every operation but the one that is known in public is marked as reconstructed', () => {
  const text = fswsBasApi(deps)
    .describe()
    .find(({ name }) => name.endsWith('openapi.json'))?.text;
  const { paths } = JSON.parse(text ?? '{}') as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly 'x-reconstructed'?: boolean }>>>>;
  };
  const known = Object.entries(paths).filter(([, methods]) =>
    Object.values(methods).some((operation) => operation['x-reconstructed'] !== true),
  );
  assert.deepEqual(
    known.map(([path]) => path),
    ['/hent/personid'],
  );
  assert.equal(Object.keys(paths).length, 25);
});
