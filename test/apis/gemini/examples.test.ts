// Every example of Gemini's description, in the order of the operations: what it answers is what the description says, member for member.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { geminiDocument } from '#apis/gemini/openapi.ts';
import type { Example, Operation } from '#apis/gemini/operation.ts';
import {
  at,
  idOf,
  journal,
  more,
  openGeminiWorld,
  owner,
  plainId,
  type Answered,
  type GeminiWorld,
} from './gemini-world.ts';

let world: GeminiWorld;
before(async () => {
  world = await openGeminiWorld();
});
after(() => world.close());

/** What stands for the names in examples; ids of what is made are added as it is made. */
const known: Record<string, string> = {
  institution: owner,
  personId: idOf(at.person, '101'),
  utdanningsplanId: plainId(more.plan, 'UP1'),
  emneId: idOf(at.course, '7777,TST2000,1'),
  terminId: idOf(at.term, '2026,VÅR'),
  emneIUtdanningsplanId: plainId(more.place, 'UPE1'),
  eksternresultatId: plainId(more.external, 'ER1'),
  vektingstypeId: plainId(more.weighting, 'SP'),
  ownInstitutionId: idOf(at.organisation, '7777'),
  otherInstitutionId: idOf(at.organisation, '186'),
};

const filled = <T>(held: T): T =>
  JSON.parse(
    JSON.stringify(held).replaceAll(/\{(\w+)\}/g, (_, name: string) => known[name] ?? assert.fail(`no ${name}`)),
  ) as T;

const run = async ({ method, path, journal: wants }: Operation, example: Example): Promise<Answered> => {
  const names = filled(example.path ?? {});
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? 'x'));
  return world.ask(method, `/gemini${address}`, {
    ...(example.query === undefined ? {} : { query: filled(example.query) }),
    ...(example.body === undefined ? {} : { body: filled(example.body) }),
    ...(wants === true ? { headers: journal } : {}),
  });
};

type Json = Readonly<Record<string, unknown>>;

/** What the description says of an answer; members that it does not name are not taken. */
const checks = (): ((schema: string, value: unknown) => string) => {
  const document = geminiDocument(world.parts, world.operations, {
    entry: {
      id: 'gemini',
      name: { nb: '', en: '' },
      description: { nb: '', en: '' },
      status: 'production',
      version: '1',
    },
    server: '',
  }) as { readonly components: { readonly schemas: Readonly<Record<string, Json>> } };
  const closed = Object.fromEntries(
    Object.entries(document.components.schemas).map(([name, schema]) => [
      name,
      { ...schema, additionalProperties: false },
    ]),
  );
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  return (schema, value) => {
    const validate = ajv.compile({ $ref: `#/components/schemas/${schema}`, components: { schemas: closed } });
    return validate(value) ? '' : ajv.errorsText(validate.errors);
  };
};

test('every example answers what it says, in the form that is described', async () => {
  const wrong = checks();
  let count = 0;
  for (const operation of world.operations) {
    assert.ok(operation.examples.length > 0, operation.id);
    for (const example of operation.examples) {
      const answered = await run(operation, example);
      const called = `${operation.id}: ${example.summary}`;
      assert.equal(answered.status, example.status, `${called}: ${answered.text}`);
      count += 1;
      const schema = example.status >= 400 ? 'Problem' : (operation.answers[example.status]?.schema ?? null);
      if (schema === null) {
        assert.equal(answered.text, '', called);
        continue;
      }
      assert.equal(wrong(schema, answered.body), '', `${called}: ${answered.text}`);
      // It does look.
      assert.notEqual(wrong(schema, { ...(answered.body as unknown as Json), other: 1 }), '', called);
      if (answered.status === 201)
        for (const [name, id] of Object.entries(answered.body))
          if (/^(?:emnefritakId|eksternresultatIUtdanningsplanId)$/.test(name)) known[name] = String(id);
    }
  }
  assert.ok(count > 50, `only ${count}`);
});
