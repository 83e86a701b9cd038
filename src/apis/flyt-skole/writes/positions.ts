// Operations that make and change positions of employees at schools (facts 2.1). Called by operations.ts.
import type { WritePart } from '#hub/query.ts';
import { civilNow } from '#mappings/converters.ts';
import { employeeParts } from '../mappings/employee-fields.ts';
import { positionFields } from '../mappings/position-fields.ts';
import type { Operation, Operations, VfsCall } from '../operation.ts';
import { pathId } from '../parameters.ts';
import { turnedAway } from '../problem-answers.ts';
import { findOne, uidOf } from '../reads/answers.ts';
import { kindsOf, type Kind } from '../mappings/kinds.ts';
import { idempotencyHeader, idempotencyOf, ifMatchHeader } from './conditions.ts';
import { changedAnswer, madeAnswer, mergePatch, takenAnswer } from './describe.ts';
import { employeeToWrite, positionPart } from './employees.ts';
import { changesReader, changing, making, reached } from './parts.ts';
import { notTaken as fieldsNotTaken, readWriteFields, writeSchema } from './write-fields.ts';
import { beginChange, notTaken, shown, taken, waits, write } from './written.ts';

/** The way from a position to the employee who holds it. */
const toEmployee = [employeeParts.role, employeeParts.employment] as const;

type PositionFacts = { readonly watched: readonly number[]; readonly employees: readonly number[] };

export const positionWrites: Operations = (deps) => {
  const { model } = deps;
  const kind: Kind<PositionFacts> = {
    reading: kindsOf(model).position.reading,
    facts: {
      name: 'writes',
      needs: [toEmployee.join('.')],
      of: (root) => ({ watched: [root.uid], employees: reached(root, toEmployee).map(({ uid }) => uid) }),
    },
  };
  const employee = employeeToWrite(deps);
  const fields = readWriteFields(positionFields, kind.reading, model);
  const readFields = changesReader(deps, fields);
  const { collection } = kind.reading.mapping;
  const role = kind.reading.shape.root.parts.get(toEmployee[0])?.collection.path ?? '';

  const create = async (call: VfsCall) => {
    const key = idempotencyOf(call);
    if (!key.ok) return turnedAway(key.problem);
    const personId = call.path['personId'] ?? '';
    const found = await findOne(deps, call, {
      kinds: [employee],
      uid: uidOf(deps, call, personId),
      choice: { fields: new Set(['id']), includes: new Set(), now: civilNow(deps.clock.now()) },
    });
    if ('answer' in found) return found.answer;
    const changes = await readFields(call, { from: civilNow(deps.clock.now()).today, ...call.body });
    if (!changes.ok) return turnedAway(changes.problem);
    const { uid, places } = found.document.facts;
    const held = places[toEmployee[0]] ?? null;
    const parts: readonly WritePart[] =
      held === null
        ? [
            making(role, undefined, { links: { [toEmployee[1]]: [{ uid }] } }),
            positionPart(deps, changes.value, { part: 0 }),
          ]
        : [positionPart(deps, changes.value, { uid: held })];
    const result = await write(deps, call, { parts, idempotency: key.value, about: [uid] });
    if (result.kind !== 'accepted') return notTaken(result, [...parts.slice(1).map(() => []), fields]);
    const made = result.uids?.at(-1) ?? null;
    if (waits(result) || made === null) return taken(deps, result);
    const location = `/employees/${personId}/positions/${deps.sealing.id(call.principal.tenant, made)}`;
    return shown(deps, call, { kinds: [kind], uid: made }, { status: 201, location });
  };

  const change = async (call: VfsCall) => {
    const employeeUid = uidOf(deps, call, call.path['personId'] ?? '');
    const begun = await beginChange(deps, call, {
      kinds: [kind],
      uid: uidOf(deps, call, call.path['positionId'] ?? ''),
      accept: ({ employees }) => employees.includes(employeeUid),
    });
    if ('answer' in begun) return begun.answer;
    const changes = await readFields(call, call.body ?? {});
    if (!changes.ok) return turnedAway(changes.problem);
    const { uid } = begun.document;
    const parts = [...changes.value.values()].map((one) => changing(collection, uid, one));
    if (parts.length > 0) {
      const result = await write(deps, call, { parts, unchanged: begun.unchanged, about: [employeeUid] });
      if (result.kind !== 'accepted') return notTaken(result, [fields]);
      if (waits(result)) return taken(deps, result);
    }
    return shown(deps, call, { kinds: [kind], uid }, { status: 200 });
  };

  const ofEmployee = pathId('personId', { nb: 'Den ansatte.', en: 'The employee.' });
  const operations: readonly Operation[] = [
    {
      id: 'createPosition',
      tag: 'employees',
      method: 'POST',
      path: '/employees/{personId}/positions',
      scopes: ['vfs:employees.write'],
      summary: { nb: 'Gi en ansatt en stilling', en: 'Give an employee a position' },
      describe: {
        nb: 'En stilling ved skolen som er oppgitt. Den som ikke har hatt rollen i skolen, får en i samme endring. Uten from begynner stillingen i dag.',
        en: 'A position at a school. Who has had no role at schools gets one in the same change. Without from the position begins today.',
      },
      parameters: [ofEmployee],
      headers: [idempotencyHeader],
      body: {
        type: 'application/json',
        schema: writeSchema(fields, 'create'),
        readOnly: fieldsNotTaken(kind.reading, fields, 'create'),
      },
      answers: { 201: madeAnswer('Position'), 202: takenAnswer },
      examples: [
        {
          summary: 'Half a position as a teacher',
          path: '/employees/{personId}/positions',
          body: { schoolId: '{schoolId}', kind: 'LAERER', title: 'Lærer', percentage: 50, main: false },
          status: 201,
        },
      ],
      handle: create,
    },
    {
      id: 'updatePosition',
      tag: 'employees',
      method: 'PATCH',
      path: '/employees/{personId}/positions/{positionId}',
      scopes: ['vfs:employees.write'],
      summary: { nb: 'Endre en stilling', en: 'Change a position' },
      describe: mergePatch,
      parameters: [ofEmployee, pathId('positionId', { nb: 'Stillingen.', en: 'The position.' })],
      headers: [ifMatchHeader],
      body: {
        type: 'application/merge-patch+json',
        schema: writeSchema(fields, 'change'),
        readOnly: fieldsNotTaken(kind.reading, fields, 'change'),
      },
      answers: { 200: changedAnswer('Position'), 202: takenAnswer },
      examples: [
        {
          summary: 'The last day of a position',
          path: '/employees/{personId}/positions/{positionId}',
          body: { to: '2027-07-31' },
          status: 200,
        },
      ],
      handle: change,
    },
  ];
  return { operations, schemas: {} };
};
