// Laws of comparing schemas of XML: nothing differs from itself; and where nothing is called breaking, whatever was valid to send still is, and whatever is
// answered was valid before. Held against libxml2, which knows nothing of ours.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { xmlDifferences } from '#catalogue/gate/xml-differences.ts';
import { xsdDifferences } from '#catalogue/gate/xsd-differences.ts';
import { xsdParts } from '#catalogue/gate/xsd-parts.ts';
import { xsdCheck } from '#formats/xml/validate-xsd.ts';
import { xmlTree } from '#formats/xml/xml-tree.ts';
import { cases } from '../../cases.ts';

const of = { api: 'drawn', artefact: 'drawn.xsd' };
const [first, , last] = ['1.1', '1.2', '1.3'].map((version) =>
  readFileSync(new URL(`../../../src/formats/pifu/schemas/pifu-ims-${version}.xsd`, import.meta.url), 'utf8'),
);
assert.ok(first !== undefined && last !== undefined);

test('a schema of ours does not differ from itself, and does from that of another version', () => {
  assert.deepEqual(xmlDifferences(last, last, of), []);
  const found = xmlDifferences(first, last, of);
  assert.deepEqual(
    found.filter(({ rule }) => rule === 'namespace-changed').map(({ coordinate, kind }) => [coordinate, kind]),
    [['*', 'breaking']],
  );
  // The two versions are told apart by more than a name.
  assert.ok(found.length > 1);
});

// --- Drawn schemas and documents ----------------------------------------------------------------------------------------------

const types = ['xs:int', 'xs:short', 'xs:string', 'xs:token', 'Kode', 'Kort'] as const;

type Item = {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly type: (typeof types)[number];
};
type Drawn = {
  readonly kind: 'sequence' | 'choice' | 'all';
  readonly items: readonly Item[];
  /** Whose elements may stand at its end. */
  readonly any: string | null;
  readonly attributes: readonly { readonly name: string; readonly required: boolean }[];
  readonly anyAttribute: boolean;
  readonly codes: readonly string[];
  readonly most: number;
};

const item = (name: string): fc.Arbitrary<Item> =>
  fc.record({
    name: fc.constant(name),
    min: fc.nat(1),
    max: fc.constantFrom(1, 1, 2),
    type: fc.constantFrom(...types),
  });

const drawn: fc.Arbitrary<Drawn> = fc.record({
  kind: fc.constantFrom('sequence' as const, 'sequence' as const, 'choice' as const, 'all' as const),
  items: fc.tuple(item('a'), item('b'), item('c')).chain((items) => fc.shuffledSubarray(items, { minLength: 1 })),
  any: fc.constantFrom(null, 'urn:other', '##any', '##local'),
  attributes: fc
    .subarray(['p', 'q'])
    .chain((names) => fc.tuple(...names.map((name) => fc.record({ name: fc.constant(name), required: fc.boolean() })))),
  anyAttribute: fc.boolean(),
  codes: fc.subarray(['A', 'B', '1'], { minLength: 1 }),
  most: fc.integer({ min: 1, max: 3 }),
});

/** A schema and one that came of it by few changes: two that have nothing in common are all breaking. */
const pair: fc.Arbitrary<readonly [Drawn, Drawn]> = drawn.chain((was) =>
  fc
    .tuple(
      drawn,
      fc.oneof(
        fc.constant(was.items),
        fc.shuffledSubarray([...was.items]),
        fc.shuffledSubarray([...was.items], { minLength: was.items.length }),
        fc
          .tuple(item('d'), fc.nat(was.items.length))
          .map(([one, at]) => [...was.items.slice(0, at), one, ...was.items.slice(at)]),
        fc
          .tuple(item(''), fc.nat(2))
          .map(([one, at]) =>
            was.items.map((before, place) => (place === at ? { ...one, name: before.name } : before)),
          ),
      ),
      fc.subarray(['kind', 'any', 'attributes', 'anyAttribute', 'codes', 'most'] as const, { maxLength: 1 }),
    )
    .map(([other, items, changed]) => [
      was,
      { ...was, items, ...Object.fromEntries(changed.map((name) => [name, other[name]])) },
    ]),
);

const textOf = ({ kind, items, any, attributes, anyAttribute, codes, most }: Drawn): string => `<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="r"><xs:complexType><xs:${kind}>
    ${items
      .map(
        ({ name, min, max, type }) =>
          `<xs:element name="${name}" minOccurs="${min}" maxOccurs="${kind === 'all' ? 1 : max}" type="${type}"/>`,
      )
      .join('')}
    ${any !== null && kind === 'sequence' ? `<xs:any namespace="${any}" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>` : ''}
  </xs:${kind}>
  ${attributes.map(({ name, required }) => `<xs:attribute name="${name}" use="${required ? 'required' : 'optional'}"/>`).join('')}
  ${anyAttribute ? '<xs:anyAttribute processContents="lax"/>' : ''}
  </xs:complexType></xs:element>
  <xs:simpleType name="Kode"><xs:restriction base="xs:string">
    ${codes.map((code) => `<xs:enumeration value="${code}"/>`).join('')}
  </xs:restriction></xs:simpleType>
  <xs:simpleType name="Kort"><xs:restriction base="xs:string"><xs:maxLength value="${most}"/></xs:restriction></xs:simpleType>
</xs:schema>`;

const values = ['1', 'A', 'B', 'AB', 'ABC', '70000', ' 1'];

/** Documents that fit a schema, or nearly. */
const documentOf = ({ kind, items, any }: Drawn): fc.Arbitrary<string> =>
  fc
    .record({
      items: fc.tuple(
        ...items.map(({ name, max }) =>
          fc
            .array(fc.constantFrom(...values), { maxLength: max })
            .map((given) => given.map((value) => `<${name}>${value}</${name}>`).join('')),
        ),
      ),
      only: fc.nat(items.length),
      other: fc.boolean(),
      attributes: fc.subarray(['p="1"', 'q="2"']),
    })
    .map(({ items: given, only, other, attributes }) => {
      const inner = kind === 'choice' ? (given[only] ?? '') : given.join('');
      return `<r ${attributes.join(' ')}>${inner}${any !== null && other ? '<o:x xmlns:o="urn:other"/>' : ''}</r>`;
    });

type Held = { readonly valid: (text: string) => boolean; readonly close: () => void };

/** Null where a schema is none: in some that are drawn it is not clear which element is meant. */
const validIn = (text: string): Held | null => {
  try {
    const { check, close } = xsdCheck(text, () => null);
    return { valid: (document) => check(Buffer.from(document)).length === 0, close };
  } catch {
    return null;
  }
};

test('where nothing is breaking, what was sent is still taken, and what is answered was known', () => {
  const seen = { request: 0, response: 0 };
  fc.assert(
    fc.property(
      pair.chain(([was, is]) =>
        fc.tuple(
          fc.constant(was),
          fc.constant(is),
          fc.array(fc.oneof(documentOf(was), documentOf(is)), { minLength: 12, maxLength: 12 }),
        ),
      ),
      ([was, is, documents]) => {
        const [before, after] = [textOf(was), textOf(is)];
        const [old, now] = [before, after].map((text) => xsdParts([xmlTree(text)]));
        assert.ok(old !== undefined && now !== undefined);
        const start = { elements: ['{}r'], types: [] };
        const [inOld, inNow] = [validIn(before), validIn(after)];
        if (inOld === null || inNow === null) return;
        const [taken, known] = [[inOld, inNow] as const, [inNow, inOld] as const];
        for (const way of ['request', 'response'] as const) {
          const found = xsdDifferences(old, now, way, start);
          if (found.some(({ kind }) => kind === 'breaking')) continue;
          const [source, target] = way === 'request' ? taken : known;
          for (const text of documents)
            if (source.valid(text)) {
              if (before !== after) seen[way] += 1;
              assert.ok(target.valid(text), `${way}: ${text}\n${before}\n${after}`);
            }
        }
        inOld.close();
        inNow.close();
      },
    ),
    { numRuns: cases(1_500) },
  );
  // The law has been held against something.
  assert.ok(seen.request > 20 && seen.response > 20, JSON.stringify(seen));
});

test('a drawn schema does not differ from itself', () => {
  fc.assert(
    fc.property(drawn, (one) => assert.deepEqual(xmlDifferences(textOf(one), textOf(one), of), [])),
    { numRuns: cases(100) },
  );
});
