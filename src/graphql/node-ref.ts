// Resources within what a field has produced. Made by the APIs, found by the executor.
import type { CollectionPath } from '#model/model.ts';
import type { NodeRef } from './face.ts';

const made = new WeakSet<object>();

/** A reference to a resource by uid, to be read as the selection of the request wants it; null in the answer where the caller sees none. */
export const createNodeRef = (collection: CollectionPath, uid: number): NodeRef => {
  const ref = Object.freeze({ collection, uid }) as NodeRef;
  made.add(ref);
  return ref;
};

/** Whether a value was made by `createNodeRef`: nothing that only looks like it is. */
export const isNodeRef = (value: unknown): value is NodeRef =>
  typeof value === 'object' && value !== null && made.has(value);
