// Who asks, in the tests of this folder.
import type { QueryContext } from '#hub/query.ts';
import { principal } from '../../hub/world.ts';

export const context = (): QueryContext => ({ principal: principal(), requestId: 'r1', api: 'fint-graphql' });
