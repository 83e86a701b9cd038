// Which operation of the description (model/openapi.ts) a request calls, for whoever counts what is used. Called by routes.ts. Pure.
import type { ApiRequest } from '#apis/api.ts';
import type { Collection } from '#model/model.ts';
import { parseAddress } from './parse.ts';
import type { FintAddress } from './parse.ts';
import type { ServedComponent } from './served.ts';

/**
 * The coordinate of an operation, as the description of the component has it that the collection belongs to, under whichever it was asked for. Null where there is
 * nothing of the kind.
 */
export const partOf = (
  component: ServedComponent,
  { rest, method }: Pick<ApiRequest, 'rest' | 'method'>,
): string | null => {
  const address = parseAddress(component, rest);
  // What GET answers, HEAD answers without a body.
  const verb = method === 'HEAD' ? 'GET' : method;
  if (address === null || !taken(address).includes(verb)) return null;
  const coordinate = coordinateOf(component, verb, address);
  return address.kind === 'rebuild' && namesOne.test(rest) ? `${coordinate}/{resource}` : coordinate;
};

const namesOne = /(?:\/|%2f)rebuild(?:\/|%2f)[^/]/i;

const taken = ({ kind }: FintAddress): readonly string[] => {
  if (kind === 'list') return listMethods;
  if (kind === 'resource') return resourceMethods;
  return kind === 'query' || kind === 'rebuild' ? postAlone : getAlone;
};

const listMethods = ['GET', 'POST'] as const;
const resourceMethods = ['GET', 'PUT', 'DELETE'] as const;
const postAlone = ['POST'] as const;
const getAlone = ['GET'] as const;

const coordinateOf = (component: ServedComponent, verb: string, address: FintAddress): string => {
  switch (address.kind) {
    case 'resource':
      return ofCollection(address.collection, verb, address.field);
    case 'list':
      return ofCollection(address.collection, verb, '');
    case 'query':
    case 'last-updated':
    case 'changes':
    case 'size':
    case 'status':
      return `${verb} /${address.collection.path}/${tails[address.kind]}`;
    case 'catalogue':
      return `${verb} /${component.path}`;
    case 'health':
    case 'assets':
    case 'organisations':
    case 'organisation':
    case 'caches':
    case 'cache-status':
    case 'rebuild':
      return `${verb} /${component.path}/admin/${tails[address.kind]}`;
  }
};

const tails = {
  query: '$query',
  'last-updated': 'last-updated',
  changes: 'changes',
  size: 'cache/size',
  status: 'status/{corrId}',
  health: 'health',
  assets: 'assets',
  organisations: 'organisations',
  organisation: 'organisations/{organisation}',
  caches: 'caches',
  'cache-status': 'cache/status',
  rebuild: 'cache/rebuild',
} as const;

/** Of what is asked for most the texts are made once: they are then the same, and found faster by whoever keeps them. */
const made = new WeakMap<Collection, Map<string, string>>();

const ofCollection = (collection: Collection, verb: string, field: string): string => {
  let known = made.get(collection);
  if (known === undefined) made.set(collection, (known = new Map()));
  const key = verb === 'GET' ? field : `${verb} ${field}`;
  let text = known.get(key);
  if (text === undefined)
    known.set(key, (text = `${verb} /${collection.path}${field === '' ? '' : `/${field}/{value}`}`));
  return text;
};
