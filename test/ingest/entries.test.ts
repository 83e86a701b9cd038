// Splitting page bodies: whatever the chunks, the entries are those of the whole; whatever is wrong, a position and no content.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { HubError } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { createPageSplitter } from '#ingest/entries.ts';
import type { PageForm } from '#ingest/entries.ts';
import type { PageLimits } from '#ingest/json-scan.ts';

type Split = { readonly metadata: unknown; readonly entries: readonly unknown[]; readonly content: string };

const split = (form: PageForm, chunks: readonly Buffer[], bounds: PageLimits = limits): Split => {
  let metadata: unknown;
  const entries: unknown[] = [];
  const content: Buffer[] = [];
  const splitter = createPageSplitter(
    form,
    {
      metadata: (value) => {
        metadata = value;
      },
      entry: (value, index) => {
        assert.equal(index, entries.length);
        entries.push(value);
      },
      content: (bytes) => content.push(Buffer.from(bytes)),
    },
    bounds,
  );
  for (const chunk of chunks) {
    // The memory of a chunk may be used again once it has been pushed.
    const lent = Buffer.from(chunk);
    splitter.push(lent);
    lent.fill(0x21);
  }
  splitter.end();
  return { metadata, entries, content: Buffer.concat(content).toString() };
};

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof HubError, String(error));
    assert.doesNotMatch(error.problem.detail, /hemmelig/);
    return `${error.problem.code} ${error.problem.detail}`;
  }
  return 'fine';
};

const bytes = (text: string): Buffer => Buffer.from(text);
const json = (text: string, bounds?: PageLimits): Split => split('json', [bytes(text)], bounds);

const page = (metadata: unknown, entries: readonly unknown[]): string =>
  JSON.stringify({ metadata, resources: entries, syncType: 'FULL' });

test('members of a page come in any order, with blanks and a byte order mark', () => {
  for (const text of [
    '{"metadata":{"page":1},"resources":[{"a":1},{"b":[2,"]"]}],"syncType":"FULL"}',
    '{"resources":[{"a":1},{"b":[2,"]"]}],"syncType":"FULL","metadata":{"page":1}}',
    '\uFEFF \r\n{ "syncType" : "FULL" , "resources" : [ {"a":1} , \t{"b":[2,"]"]} ] , "metadata" : {"page":1} } \n',
    '{"r\\u0065sources":[{"a":1},{"b":[2,"]"]}],"metadata":{"page":1},"extra":{"x":[1,{"y":"}"}]},"n":null,"t":true,"e":-1.5e3}',
  ]) {
    const { metadata, entries } = json(text);
    assert.deepEqual(entries, [{ a: 1 }, { b: [2, ']'] }], text);
    assert.deepEqual(metadata, { page: 1 });
  }
  assert.deepEqual(json('{"metadata":{},"resources":[]}').entries, []);
  assert.deepEqual(json('{"metadata":{},"resources":null}').entries, []);
  assert.deepEqual(json('{}').entries, []);
});

test('every cut of a body gives the same entries and the same content', () => {
  const text = page({ corrId: 'æ"\\', page: 1 }, [
    { navn: 'Kåre "K" \\ {', n: [1, [2, { x: ']' }]] },
    {},
    [],
    'tekst',
    7,
    null,
    { '': '💗' },
  ]);
  const whole = bytes(text);
  const expected = split('json', [whole]);
  for (let at = 0; at <= whole.length; at += 1)
    assert.deepEqual(split('json', [whole.subarray(0, at), whole.subarray(at)]), expected, `cut at ${at}`);
  assert.deepEqual(
    split(
      'json',
      [...whole].map((byte) => Buffer.from([byte])),
    ),
    expected,
  );
});

test('any JSON comes out as it went in, in both forms and any chunks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 40 }),
      (entries, size) => {
        const cut = (text: string): readonly Buffer[] => {
          const whole = bytes(text);
          return Array.from({ length: Math.ceil(whole.length / size) }, (_, at) =>
            whole.subarray(at * size, (at + 1) * size),
          );
        };
        const expected: unknown = JSON.parse(JSON.stringify(entries));
        assert.deepEqual(split('json', cut(page({ page: 1 }, entries))).entries, expected);
        const lines = [JSON.stringify({ page: 1 }), ...entries.map((one) => JSON.stringify(one))].join('\n');
        assert.deepEqual(split('ndjson', cut(lines)), {
          metadata: { page: 1 },
          entries: expected,
          content: entries.map((one) => JSON.stringify(one)).join(''),
        });
      },
    ),
    { numRuns: 300 },
  );
});

test('NDJSON takes blank lines, carriage returns and a last line without its end', () => {
  const { metadata, entries } = split('ndjson', [bytes('\uFEFF{"page":1}\r\n\r\n{"a":"x\\ny"}\r\n  \n{"b":2}')]);
  assert.deepEqual(metadata, { page: 1 });
  assert.deepEqual(entries, [{ a: 'x\ny' }, { b: 2 }]);
});

test('a page that is not well-formed is refused with a position', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /cut off at byte 0/],
    ['[]', /not an object at byte 0/],
    ['"hemmelig"', /not an object/],
    ['{"metadata":{},"resources":[{"a":1}', /cut off at byte 35/],
    ['{"metadata":{},"resources":[{"a":"hemmelig', /cut off/],
    ['{"metadata":{},"resources":[{"a":1}]', /cut off/],
    ['{"metadata":{},"resources":[{"a":1},]}', /Expected an entry at byte 36/],
    ['{"metadata":{},"resources":[,{"a":1}]}', /Expected an entry/],
    ['{"metadata":{},"resources":[{"a":1}}', /Expected a comma or the end of the entries/],
    ['{"metadata":{},"resources":[{"a":1} {"b":2}]}', /Entry 0 is not well-formed JSON/],
    ['{"metadata":{},"resources":[{"a":1},{hemmelig:1}]}', /Entry 1 is not well-formed JSON/],
    ['{"metadata":{},"resources":[{"a":1},hemmelig]}', /Entry 1/],
    ['{"metadata":{},"resources":[{"a":1]}]}', /Expected a comma/],
    ['{"metadata":{},"resources":[]}x', /after the page at byte 30/],
    ['{"metadata":{},"resources":[]}{}', /after the page/],
    ['{"metadata":{},"resources":[],}', /name of a member/],
    ['{metadata:{}}', /name of a member/],
    ['{"metadata" {}}', /colon/],
    ['{"metadata":{} "resources":[]}', /not well-formed JSON/],
    ['{"metadata":{},"resources":{}}', /not a list/],
    ['{"metadata":{},"resources":[],"resources":[]}', /comes again/],
    ['{"metadata":{},"metadata":{}}', /comes again/],
    ['{"metadata":hemmelig}', /A member of the page is not well-formed/],
    ['{"metadata":{}]}', /end of the page/],
  ];
  for (const [text, expected] of cases) {
    const code = codeOf(() => json(text));
    assert.match(code, /^HUB-101 /, text);
    assert.match(code, expected, text);
  }
  assert.match(
    codeOf(() => split('ndjson', [bytes('{"page":1}\n{"a":\n')])),
    /^HUB-101 Entry 0 is not well-formed JSON: .* byte \d+/,
  );
  assert.match(
    codeOf(() => split('ndjson', [bytes('{"page":1}\n{"a":1}\n{"a":2')])),
    /^HUB-101 Entry 1/,
  );
});

test('bytes that are not UTF-8 are refused, in entries, metadata and lines', () => {
  const bad = Buffer.concat([bytes('{"metadata":{},"resources":[{"a":"'), Buffer.from([0xc3, 0x28]), bytes('"}]}')]);
  assert.match(
    codeOf(() => split('json', [bad])),
    /^HUB-101 Entry 0 is not UTF-8: begins at byte 28/,
  );
  const metadata = Buffer.concat([bytes('{"metadata":"'), Buffer.from([0xff]), bytes('"}')]);
  assert.match(
    codeOf(() => split('json', [metadata])),
    /not UTF-8/,
  );
  const latin = Buffer.from('{"page":1}\n{"navn":"Åse"}', 'latin1');
  assert.match(
    codeOf(() => split('ndjson', [latin])),
    /^HUB-101 Entry 0 is not UTF-8/,
  );
  assert.match(
    codeOf(() => split('json', [Buffer.from(`${page({}, [])}`, 'utf16le')])),
    /^HUB-101/,
  );
});

const bounds: PageLimits = { entryBytes: 100, pageEntries: 3, jsonDepth: 4, jsonKeys: 5 };

const entry = (length: number): string => `{"a":"${'x'.repeat(length - 8)}"}`;

test('limits hold on both sides', () => {
  const forms: readonly ((entries: readonly string[]) => Split)[] = [
    (entries) => json(`{"resources":[${entries.join(',')}],"metadata":{}}`, bounds),
    (entries) => split('ndjson', [bytes(['{}', ...entries].join('\n'))], bounds),
    (entries) => split('json', [...`{"resources":[${entries.join(',')}]}`].map(bytes), bounds),
  ];
  for (const form of forms) {
    assert.equal(form([entry(100)]).entries.length, 1);
    assert.match(
      codeOf(() => form([entry(101)])),
      /^HUB-102 .*100 bytes/,
    );
    assert.equal(form(['1', '2', '3']).entries.length, 3);
    assert.match(
      codeOf(() => form(['1', '2', '3', '4'])),
      /^HUB-102 .*3 entries/,
    );
    assert.equal(form(['[[[[]]]]']).entries.length, 1);
    assert.match(
      codeOf(() => form(['[[[[[]]]]]'])),
      /^HUB-102 .*4 levels/,
    );
    assert.equal(form(['{"a":1,"b":2,"c":{"d":1,"e":1}}']).entries.length, 1);
    assert.match(
      codeOf(() => form(['{"a":1,"b":2,"c":{"d":1,"e":1,"f":1}}'])),
      /^HUB-102 .*5 members/,
    );
    assert.equal(form(['{"a":"::::::::{{{{{{{{"}']).entries.length, 1);
  }
  assert.match(
    codeOf(() => json(`{"metadata":"${'x'.repeat(70_000)}"}`)),
    /^HUB-102/,
  );
  assert.match(
    codeOf(() => json(`{${Array.from({ length: 40 }, (_, at) => `"m${at}":1`).join(',')}}`)),
    /^HUB-102/,
  );
});

test('ten million brackets are refused at once, without recursion', () => {
  const deep = Buffer.alloc(10_000_000, '[');
  assert.match(
    codeOf(() => split('json', [bytes('{"resources":['), deep])),
    /^HUB-102 A value is nested deeper than 32 levels/,
  );
});

test('__proto__ is a member like any other', () => {
  const { entries, metadata } = json(
    '{"metadata":{"__proto__":{"x":1}},"__proto__":{"y":1},"resources":[{"__proto__":{"z":1}}]}',
  );
  assert.ok(Object.hasOwn(metadata as object, '__proto__') && Object.hasOwn(entries[0] as object, '__proto__'));
  assert.equal(({} as { x?: unknown; y?: unknown; z?: unknown }).z, undefined);
});
