// Whatever part of an API is marked: without its flag it shows in no schema, no introspection and no error, however near a client comes to its name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getIntrospectionQuery } from 'graphql';
import { checkFace } from '#graphql/check-face.ts';
import { contractIndex } from '#graphql/contract-index.ts';
import type { Face, FaceType, Marks } from '#graphql/face.ts';
import { readFlags } from '#graphql/marks.ts';
import { printSdl } from '#graphql/print-sdl.ts';
import { asking } from './asking.ts';
import { smallFace } from './small-face.ts';

const marks: Marks = { contract: 'experimental', flags: ['extra'], deprecated: null };
const hidden = 'zzHidden';

type Named = { readonly name: string; readonly marks: Marks };

const each = <T extends Named>(parts: readonly T[], change: (parts: readonly T[]) => FaceType): readonly FaceType[] =>
  parts.map((part) => change(parts.map((one) => (one === part ? { ...one, name: hidden, marks } : one))));

/** A type with one of its parts hidden, for every part. */
const variants = (type: FaceType): readonly FaceType[] => {
  switch (type.kind) {
    case 'object':
      return [
        ...each(type.fields, (fields) => ({ ...type, fields })),
        ...type.fields.flatMap((field) =>
          field.args.map((arg) => ({
            ...type,
            fields: type.fields.map((one) =>
              one === field
                ? { ...one, args: one.args.map((other) => (other === arg ? { ...other, name: hidden, marks } : other)) }
                : one,
            ),
          })),
        ),
      ];
    case 'enum':
      return each(type.values, (values) => ({ ...type, values }));
    case 'input':
      return each(type.fields, (fields) => ({ ...type, fields }));
    case 'interface':
    case 'union':
    case 'scalar':
      return [];
  }
};

const faces: readonly Face[] = smallFace.types.flatMap((type) =>
  variants(type).map((variant) => ({
    ...smallFace,
    types: smallFace.types.map((one) => (one === type ? variant : one)),
  })),
);

test('a hidden part shows nowhere', async () => {
  let tried = 0;
  for (const face of faces) {
    // Some parts others lean on.
    if (checkFace(face).length > 0) continue;
    tried += 1;
    const { ask, graphql } = asking({ face });
    const coordinate = contractIndex(face).find((one) => one.coordinate.includes(hidden))?.coordinate ?? '';
    assert.ok(coordinate !== '');
    for (const flags of ['', 'beta,experimental', 'beta,extra']) {
      const open = graphql.schemas(readFlags(flags)).open;
      assert.ok(!printSdl(open).includes(hidden), `${coordinate} with ${flags}`);
    }
    assert.ok(!(await ask(getIntrospectionQuery())).text.includes(hidden), coordinate);
    const [type = ''] = coordinate.split('.');
    for (const near of ['zzHidde', 'zzhidden']) {
      const documents = [
        `{ ${near} }`,
        `{ skoler(${near}: 1) { totalCount } prove(sort: ${near}) }`,
        `{ prove(sok: {${near}: 1}) skoler(filter: {${near}: 1}) { totalCount } }`,
        `{ nodes(ider: []) { ... on ${type} { ${near} } } }`,
        `{ skoler { nodes { ${near} klasser { ${near} medlemskap(${near}: 1) { totalCount } } } } }`,
      ];
      for (const document of documents) {
        const { text } = await ask(document);
        assert.ok(!text.replaceAll(near, '').includes(hidden), `${coordinate}: ${text}`);
      }
    }
    // Nothing leads to some types in any case.
    const whole = graphql.schemas(readFlags('beta,experimental,extra')).open;
    if (whole.types.has(type)) assert.ok(printSdl(whole).includes(hidden), coordinate);
  }
  assert.ok(tried > 40, `only ${tried} of ${faces.length}`);
});
