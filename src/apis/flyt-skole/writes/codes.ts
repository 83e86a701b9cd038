// Finds a code of a code list by its value, as the caller sees it. Called for fields that name a code. Knows no collection.
import { HubError } from '#base/errors.ts';
import type { DocumentNode, Projection } from '#hub/documents/document.ts';
import { compileShape } from '#hub/documents/shape.ts';
import type { CollectionPath } from '#model/model.ts';
import type { VfsCall, VfsDeps } from '../operation.ts';

/** The uid of the code; null when the caller sees no such code. */
export type CodeOf = (call: VfsCall, list: CollectionPath, code: string) => Promise<number | null>;

const attribute = 'kode';

/** Makes the look-up, with the shapes of the lists that it has met. */
export const createCodes = ({ model, documents }: Pick<VfsDeps, 'model' | 'documents'>): CodeOf => {
  const projections = new Map<CollectionPath, Projection<string | null>>();

  const projectionOf = (collection: CollectionPath): Projection<string | null> => {
    const known = projections.get(collection);
    if (known !== undefined) return known;
    const shape = compileShape({ name: `code-${collection}`, collection, steps: {} }, model);
    if (!shape.ok) throw new HubError(shape.problem);
    const made = { id: 'code', shape: shape.value, facts: codeOf, render: () => '' };
    projections.set(collection, made);
    return made;
  };

  return async (call, list, code) => {
    const wanted = { kind: 'text', value: code } as const;
    const path = { names: [attribute], kind: 'string' } as const;
    const result = await documents.find(
      {
        kind: 'list',
        projections: [projectionOf(list)],
        narrow: [{ kind: 'where', filter: { kind: 'compare', path, operator: 'eq', value: wanted } }],
        after: null,
        size: 1,
        // Text is compared without regard to case in the store.
        accept: (found) => found === code,
      },
      call.context,
    );
    return result.kind === 'documents' ? (result.documents[0]?.uid ?? null) : null;
  };
};

const codeOf = ({ values }: DocumentNode): string | null => {
  const code = values[attribute];
  return typeof code === 'string' ? code : null;
};
