// GraphQL documents that applications have registered, so that the gate can try them before something changes: what is kept of one, and how it stands in the
// register. Used by the admin API, which takes them, and by the gate.
import type { RegisterEntry } from '#store/store.ts';

export type ClientDocument = {
  readonly id: string;
  readonly application: string;
  /** Of whom the application is. */
  readonly owner: string;
  readonly api: string;
  /** What its owner calls it. */
  readonly name: string;
  /** The flags that it is sent with, sorted. */
  readonly flags: readonly string[];
  readonly text: string;
  readonly createdAt: number;
};

/** As it is put into the register. */
export const documentEntry = (document: ClientDocument): RegisterEntry => {
  const { id, application, owner, createdAt, api, name, flags, text } = document;
  return {
    kind: 'document',
    id,
    revision: 1,
    organisation: owner,
    application,
    state: 'registered',
    createdAt,
    changedAt: createdAt,
    value: { api, name, flags, text },
  };
};

/** The entry of a document that is tried no more: its text is not kept. */
export const removedDocument = (entry: RegisterEntry, now: number): RegisterEntry => ({
  ...entry,
  revision: entry.revision + 1,
  state: 'removed',
  changedAt: now,
  value: null,
});

/** The document of an entry; null where it has been removed. */
export const documentOf = ({
  id,
  application,
  organisation,
  state,
  createdAt,
  value,
}: RegisterEntry): ClientDocument | null => {
  if (state !== 'registered' || application === null || organisation === null) return null;
  const { api, name, flags, text } = value as Pick<ClientDocument, 'api' | 'name' | 'flags' | 'text'>;
  return { id, application, owner: organisation, api, name, flags, text, createdAt };
};
