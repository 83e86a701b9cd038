// What FSWS-STUDRAPP, -STUDINFO2 and -BRIS publish of themselves: OpenAPI, schemas and WSDL as golden files; what is our interpretation is marked so.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fswsBrisApi } from '#apis/fsws-bris/fsws-bris-api.ts';
import { fswsStudinfo2Api } from '#apis/fsws-studinfo2/fsws-studinfo2-api.ts';
import { fswsStudrappApi } from '#apis/fsws-studrapp/fsws-studrapp-api.ts';
import type { Api } from '#apis/api.ts';
import { systemClock } from '#base/clock.ts';
import { xsdCheck } from '#formats/xml/validate-xsd.ts';
import { golden } from '../golden.ts';
import { hubModel } from '../model/models.ts';

const unasked = () => assert.fail('nothing is asked for a description');

const deps = {
  model: hubModel(),
  hub: { run: unasked },
  walk: unasked,
  graph: { read: unasked },
  clock: systemClock,
  tables: { write: unasked, outcome: unasked },
  sight: unasked,
  shelf: { read: unasked, keep: unasked },
  institutionNumber: unasked,
  baseUrl: () => 'https://hub.example',
  endingOf: () => [],
};

const apis: readonly Api[] = [fswsStudrappApi(deps), fswsStudinfo2Api(deps), fswsBrisApi(deps)];

for (const { entry, describe } of apis)
  test(`${entry.id} is described as before`, () => {
    const artefacts = describe();
    assert.ok(artefacts.length >= 2);
    for (const { name, text } of artefacts) {
      assert.ok(name.startsWith(`${entry.id}/`));
      golden(name, text);
      // Throws for what is no schema.
      if (name.endsWith('.xsd') && !name.endsWith('-soap.xsd')) xsdCheck(text, () => null).close();
    }
  });

test('every operation but the one that is known in public is marked as reconstructed', () => {
  const operations = apis.flatMap(({ describe }) =>
    describe()
      .filter(({ name }) => name.endsWith('openapi.json'))
      .flatMap(({ text }) => {
        const { paths } = JSON.parse(text) as {
          readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly 'x-reconstructed'?: boolean }>>>>;
        };
        return Object.entries(paths).flatMap(([path, methods]) =>
          Object.entries(methods).map(
            ([method, operation]) => [`${method} ${path}`, operation['x-reconstructed'] === true] as const,
          ),
        );
      }),
  );
  assert.ok(operations.length >= 16, String(operations.length));
  assert.deepEqual(
    operations.filter(([, isReconstructed]) => !isReconstructed).map(([name]) => name),
    ['post /lanekassen/delstudier'],
  );
});
