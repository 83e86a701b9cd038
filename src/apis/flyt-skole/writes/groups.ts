// The operation that changes a group (facts 2.3): name, notes, activation. Groups of several classes of the model are one type here. Called by
// operations.ts.
import { groupFields } from '../mappings/group-fields.ts';
import type { Operation, Operations, VfsCall } from '../operation.ts';
import { pathId } from '../parameters.ts';
import { turnedAway } from '../problem-answers.ts';
import { uidOf } from '../reads/answers.ts';
import { kindsOf, type Kind } from '../mappings/kinds.ts';
import { ifMatchHeader } from './conditions.ts';
import { changedAnswer, mergePatch, takenAnswer } from './describe.ts';
import { changesReader, changing } from './parts.ts';
import { notTaken as fieldsNotTaken, readWriteFields, writeSchema } from './write-fields.ts';
import { beginChange, notTaken, shown, taken, waits, write } from './written.ts';

type GroupFacts = { readonly watched: readonly number[]; readonly collection: string };

export const groupWrites: Operations = (deps) => {
  const { model } = deps;
  const kinds = kindsOf(model).groups.map(({ reading }): Kind<GroupFacts> => ({
    reading,
    facts: {
      name: 'writes',
      needs: [],
      of: ({ uid, collection }) => ({ watched: [uid], collection }),
    },
  }));
  const lists = kinds.map(({ reading }) => readWriteFields(groupFields, reading, model));
  const [fields = []] = lists;
  const [first] = kinds;
  const readFields = changesReader(deps, fields);

  const change = async (call: VfsCall) => {
    const begun = await beginChange(deps, call, { kinds, uid: uidOf(deps, call, call.path['groupId'] ?? '') });
    if ('answer' in begun) return begun.answer;
    const changes = await readFields(call, call.body ?? {});
    if (!changes.ok) return turnedAway(changes.problem);
    const { uid, facts } = begun.document;
    const parts = [...changes.value.values()].map((one) => changing(facts.collection, uid, one));
    if (parts.length > 0) {
      const result = await write(deps, call, { parts, unchanged: begun.unchanged });
      if (result.kind !== 'accepted') return notTaken(result, [fields]);
      if (waits(result)) return taken(deps, result);
    }
    return shown(deps, call, { kinds, uid }, { status: 200 });
  };

  const operations: readonly Operation[] = [
    {
      id: 'updateGroup',
      tag: 'groups',
      method: 'PATCH',
      path: '/groups/{groupId}',
      scopes: ['vfs:groups.write'],
      summary: { nb: 'Endre gruppen', en: 'Change a group' },
      describe: {
        nb: `Navn, notat og om gruppen er i bruk; grupper opprettes og slettes ikke her. ${mergePatch.nb}`,
        en: `Name, notes and whether the group is in use; groups are neither made nor removed here. ${mergePatch.en}`,
      },
      parameters: [pathId('groupId', { nb: 'Gruppen.', en: 'The group.' })],
      headers: [ifMatchHeader],
      body: {
        type: 'application/merge-patch+json',
        schema: writeSchema(fields, 'change'),
        readOnly: first === undefined ? [] : fieldsNotTaken(first.reading, fields, 'change'),
      },
      answers: { 200: changedAnswer('Group'), 202: takenAnswer },
      examples: [
        {
          summary: 'Take a group out of use',
          path: '/groups/{groupId}',
          body: { active: false },
          status: 200,
        },
      ],
      handle: change,
    },
  ];
  return { operations, schemas: {} };
};
