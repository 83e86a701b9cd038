// Reads from the hub what a file for learning platforms holds, as the caller of an order sees it: owner and schools, persons, groups, members, each as a
// stream of pages. Which fields come from where in the model stands in mappings/. Called by the runs of exports; knows no format.
import { HubError, problem } from '#base/errors.ts';
import type { Walk } from '#hub/documents/document.ts';
import type { QueryContext } from '#hub/query.ts';
import type { Model } from '#model/model.ts';
import type { OpenRoster } from '../export.ts';
import { readEmployees } from './read-employees.ts';
import { readGroups, type GroupsRead } from './read-groups.ts';
import { readMembers } from './read-members.ts';
import { readPupils } from './read-pupils.ts';
import { readSchools } from './read-schools.ts';
import { neededShapes, rosterShapes } from './shapes.ts';
import { beginState, type Pages } from './state.ts';

/**
 * Makes the reader over a walk. Throws a HubError at once when the model does not bear out a mapping. Its pages end with a HubError when the caller may not
 * go on reading (HUB-400) or looking took too long (HUB-121): then there is no roster.
 */
export const createRosters = ({ model, walk }: { readonly model: Model; readonly walk: Walk }): OpenRoster => {
  const shapes = rosterShapes(model);
  const needed = neededShapes(shapes);

  return async (order, tell) => {
    const principal = { ...order.principal, scopes: new Set(order.principal.scopes) };
    const context: QueryContext = { principal, requestId: order.trace, api: 'exports' };

    for (const shape of needed) {
      const opened = await walk({ projection: { id: 'roster', shape }, narrow: null }, context);
      if (opened.kind === 'missing') return { kind: 'missing' };
    }

    const pages: Pages = async function* (shape, narrow) {
      const opened = await walk({ projection: { id: 'roster', shape }, narrow }, context);
      if (opened.kind === 'missing')
        throw new HubError(problem('HUB-400', 'What is exported may not be read any more.'));
      if (opened.kind === 'refused') throw new HubError(opened.problem);
      yield* opened.pages;
    };

    const state = beginState(order, { shapes, pages, tell });
    const { owner, schools } = await readSchools(state);
    const groups: GroupsRead[] = [];
    return {
      kind: 'roster',
      reading: {
        owner,
        schools,
        persons: async function* () {
          yield* readEmployees(state);
          yield* readPupils(state);
        },
        groups: () => readGroups(state, groups),
        members: () => readMembers(state, groups),
      },
    };
  };
};
