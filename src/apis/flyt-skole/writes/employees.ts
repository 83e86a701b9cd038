// Operations that make and change employees (facts 2.1). A person, an employment and a role at schools are three resources of the model and one
// here: they are written as one. Called by operations.ts.
import type { ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { ok, type Result } from '#base/result.ts';
import type { PartLink, WritePart } from '#hub/query.ts';
import { civilNow } from '#mappings/converters.ts';
import { employeeFields, employeeParts } from '../mappings/employee-fields.ts';
import { positionFields } from '../mappings/position-fields.ts';
import type { Operation, Operations, VfsCall, VfsDeps } from '../operation.ts';
import { badParameters, pathId } from '../parameters.ts';
import { turnedAway } from '../problem-answers.ts';
import { uidOf } from '../reads/answers.ts';
import { kindsOf, type Kind } from '../mappings/kinds.ts';
import { idempotencyHeader, idempotencyOf, ifMatchHeader } from './conditions.ts';
import { changedAnswer, madeAnswer, mergePatch, takenAnswer } from './describe.ts';
import { changesReader, changing, making, placesOf, type Changes, type PlaceFacts } from './parts.ts';
import { notTaken as fieldsNotTaken, readWriteFields, writeSchema, type ReadWriteField } from './write-fields.ts';
import { beginChange, notTaken, shown, taken, waits, write } from './written.ts';

/** Where the fields of an employee lie beside the employment itself. */
const employeePlaces = [employeeParts.person, employeeParts.role] as const;

const positionsOfEmployee = [[employeeParts.role, employeeParts.positions]];

/** An employee with the resources that its fields go to. */
export const employeeToWrite = (deps: Pick<VfsDeps, 'model'>): Kind<PlaceFacts> => ({
  reading: kindsOf(deps.model).employee.reading,
  facts: {
    name: 'writes',
    needs: [...employeePlaces, ...positionsOfEmployee.map((path) => path.join('.'))],
    of: (root) => placesOf(root, employeePlaces, positionsOfEmployee),
  },
});

/** The fields of a place. */
const at = (fields: readonly ReadWriteField[], place: string): readonly ReadWriteField[] =>
  fields.filter((field) => field.place === place);

export const employeeWrites: Operations = (deps) => {
  const { model } = deps;
  const kinds = kindsOf(model);
  const kind = employeeToWrite(deps);
  const fields = readWriteFields(employeeFields, kind.reading, model);
  const ofPosition = readWriteFields(positionFields, kinds.position.reading, model);
  const readFields = changesReader(deps, fields);
  const readPosition = changesReader(deps, ofPosition);
  const collectionAt = (place: string): string =>
    fields.find((field) => field.place === place)?.holder.path ?? kind.reading.mapping.collection;
  const today = (): string => civilNow(deps.clock.now()).today;

  const create = async (call: VfsCall) => {
    const key = idempotencyOf(call);
    if (!key.ok) return turnedAway(key.problem);
    const body = { from: today(), ...call.body };
    const changes = await readFields(call, body);
    if (!changes.ok) return turnedAway(changes.problem);
    const positions = await readPositions(call);
    if (!positions.ok) return turnedAway(positions.problem);
    const links = { [employeeParts.person]: [{ part: 0 }] };
    const role = { [employeeParts.employment]: [{ part: 1 }] };
    const parts: readonly WritePart[] = [
      making(collectionAt(employeeParts.person), changes.value.get(employeeParts.person)),
      making(collectionAt(''), changes.value.get(''), { links }),
      ...(positions.value.length > 0 || changes.value.has(employeeParts.role)
        ? [making(collectionAt(employeeParts.role), changes.value.get(employeeParts.role), { links: role })]
        : []),
      ...positions.value.map((position) => positionPart(deps, position, { part: 2 })),
    ];
    const result = await write(deps, call, { parts, idempotency: key.value });
    const origins = [at(fields, employeeParts.person), at(fields, ''), at(fields, employeeParts.role)];
    if (result.kind !== 'accepted') return notTaken(result, [...origins, ...positions.value.map(() => ofPosition)]);
    const uid = result.uids?.[1] ?? null;
    if (waits(result) || uid === null) return taken(deps, result);
    const location = `/employees/${deps.sealing.id(call.principal.tenant, uid)}`;
    return shown(deps, call, { kinds: [kind], uid }, { status: 201, location });
  };

  const readPositions = async (call: VfsCall): Promise<Result<readonly Changes[]>> => {
    const given = (call.body?.['positions'] ?? []) as readonly Readonly<Record<string, unknown>>[];
    const read: Changes[] = [];
    const errors: ProblemItem[] = [];
    for (const [index, one] of given.entries()) {
      const changes = await readPosition(call, { from: today(), ...one });
      if (changes.ok) read.push(changes.value);
      else
        errors.push(
          ...(changes.problem.errors ?? []).map((item) => ({ ...item, at: `/positions/${index}${item.at}` })),
        );
    }
    return errors.length > 0 ? badParameters(errors) : ok(read);
  };

  const change = async (call: VfsCall) => {
    const begun = await beginChange(deps, call, { kinds: [kind], uid: uidOf(deps, call, call.path['personId'] ?? '') });
    if ('answer' in begun) return begun.answer;
    const { document, unchanged } = begun;
    const changes = await readFields(call, call.body ?? {});
    if (!changes.ok) return turnedAway(changes.problem);
    const { uid, places } = document.facts;
    const parts: WritePart[] = [];
    const origins: (readonly ReadWriteField[])[] = [];
    for (const [place, one] of changes.value) {
      const target = place === '' ? uid : places[place];
      if (target === undefined || (target === null && place === employeeParts.person)) {
        const message = 'may not be written by this application';
        const named = at(fields, place).filter(({ name }) => call.body !== null && name in call.body);
        const bad = badParameters(named.map(({ name }) => ({ at: `/${name}`, message })));
        if (!bad.ok) return turnedAway(bad.problem);
      } else if (target === null)
        parts.push(making(collectionAt(place), one, { links: { [employeeParts.employment]: [{ uid }] } }));
      else parts.push(changing(collectionAt(place), target, one));
      origins.push(at(fields, place));
    }
    if (parts.length > 0) {
      const result = await write(deps, call, { parts, unchanged, about: [uid] });
      if (result.kind !== 'accepted') return notTaken(result, origins);
      if (waits(result)) return taken(deps, result);
    }
    return shown(deps, call, { kinds: [kind], uid }, { status: 200 });
  };

  const positionSchema = writeSchema(ofPosition, 'create');
  const operations: readonly Operation[] = [
    {
      id: 'createEmployee',
      tag: 'employees',
      method: 'POST',
      path: '/employees',
      scopes: ['vfs:employees.write'],
      summary: { nb: 'Opprett en ansatt', en: 'Create an employee' },
      describe: {
        nb: 'Oppretter person, ansettelse, rollen i skolen og stillinger som én endring: alt eller ingenting. Den som har tilgang til bestemte skoler, må ta med en stilling ved en av dem. Uten from begynner ansettelsen i dag. Adressebeskyttelsen må oppgis, også når det ikke er noen.',
        en: 'Makes person, employment, role at schools and positions as one change: all or nothing. Who has access to certain schools must give a position at one of them. Without from the employment begins today. How the address is protected must be said, also when it is not.',
      },
      parameters: [],
      headers: [idempotencyHeader],
      body: {
        type: 'application/json',
        schema: writeSchema(fields, 'create', {
          positions: {
            type: 'array',
            maxItems: limits.positionsPerEmployee,
            items: positionSchema,
            description: 'Positions at schools.',
            'x-nb': 'Stillinger ved skoler.',
          },
        }),
        readOnly: fieldsNotTaken(kind.reading, fields, 'create').filter((name) => name !== 'positions'),
      },
      answers: { 201: madeAnswer('Employee'), 202: takenAnswer },
      examples: [
        {
          summary: 'A teacher with a position at a school',
          path: '/employees',
          headers: { 'Idempotency-Key': '{key}' },
          body: {
            nin: '{newNin}',
            givenName: 'Eksempel',
            familyName: 'Ansatt',
            employeeNumber: '{newEmployeeNumber}',
            category: 'F',
            protectionGrade: 'none',
            positions: [{ schoolId: '{schoolId}', kind: 'LAERER', percentage: 80 }],
          },
          status: 201,
        },
      ],
      handle: create,
    },
    {
      id: 'updateEmployee',
      tag: 'employees',
      method: 'PATCH',
      path: '/employees/{personId}',
      scopes: ['vfs:employees.write'],
      summary: { nb: 'Endre en ansatt', en: 'Change an employee' },
      describe: mergePatch,
      parameters: [pathId('personId', { nb: 'Den ansatte.', en: 'The employee.' })],
      headers: [ifMatchHeader],
      body: {
        type: 'application/merge-patch+json',
        schema: writeSchema(fields, 'change'),
        readOnly: fieldsNotTaken(kind.reading, fields, 'change'),
      },
      answers: { 200: changedAnswer('Employee'), 202: takenAnswer },
      examples: [
        {
          summary: 'A new telephone number, and no title any more',
          path: '/employees/{personId}',
          body: { workPhone: '+47 22 00 00 00', title: null },
          status: 200,
        },
      ],
      handle: change,
    },
  ];
  return { operations, schemas: {} };
};

/** The part that makes a position of a role at schools. */
export const positionPart = (deps: Pick<VfsDeps, 'model'>, changes: Changes, role: PartLink): WritePart =>
  making(kindsOf(deps.model).position.reading.mapping.collection, changes.get(''), {
    links: { [employeeParts.role]: [role] },
  });
