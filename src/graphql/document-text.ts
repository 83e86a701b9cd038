// Which document a request runs: what it has sent, or one that is stored. Called by answer-request.ts.
import { hash } from 'node:crypto';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { OperationRequest } from './read-request.ts';

/** Documents that need not be sent. */
export type StoredDocuments = {
  /** The text of a document by its id, or by the SHA-256 of its text (hexadecimal, lower case); null = none is stored. */
  readonly find: (id: string) => Promise<string | null> | string | null;
  /** Keeps a document that a client has sent with its hash. */
  readonly keep: (hash: string, text: string) => Promise<void> | void;
};

/** The text of the document: HUB-134 where it is not stored, HUB-100 where the hash is none or that of another. */
export const documentOf = async (
  { query, documentId, extensions }: OperationRequest,
  stored: StoredDocuments,
): Promise<Result<string>> => {
  if (documentId !== null) {
    const found = await stored.find(documentId);
    return found === null ? failed(problem('HUB-134', 'No document of this id is stored.')) : ok(found);
  }
  const persisted = Object.hasOwn(extensions, 'persistedQuery') ? extensions['persistedQuery'] : null;
  if (persisted === null) return query === null ? wrong('There is no query.') : ok(query);
  const sent = typeof persisted === 'object' && 'sha256Hash' in persisted ? persisted.sha256Hash : null;
  if (typeof sent !== 'string' || !/^[\da-f]{64}$/i.test(sent))
    return wrong('extensions.persistedQuery has no sha256Hash.');
  const key = sent.toLowerCase();
  if (query === null) {
    const found = await stored.find(key);
    // The text that clients know it by.
    return found === null ? failed(problem('HUB-134', 'PersistedQueryNotFound')) : ok(found);
  }
  if (hash('sha256', query) !== key) return wrong('The hash in extensions.persistedQuery is not that of the query.');
  if (query.length <= limits.graphqlLength) await stored.keep(key, query);
  return ok(query);
};

const wrong = (detail: string): Result<never> => failed(problem('HUB-100', detail));

/** Whether lists and objects are nested deeper; looks level by level, so that depth costs no stack. */
export const isDeeper = (value: unknown, most: number): boolean => {
  let level: readonly object[] = typeof value === 'object' && value !== null ? [value] : [];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return true;
    level = level.flatMap((one) =>
      Object.values(one).filter((inner): inner is object => typeof inner === 'object' && inner !== null),
    );
  }
  return false;
};
