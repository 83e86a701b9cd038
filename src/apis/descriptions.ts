// What is published about an API, at addresses of its own that are open to all: schemas, contracts. Made when they are first asked for, and kept. Used by
// the APIs that speak GraphQL.
import { hash } from 'node:crypto';
import type { Text } from '#model/model.ts';
import { openGet, type Artefact, type Route } from './api.ts';
import { textAnswer, type TaggedText } from './page-files.ts';

export type Description = {
  readonly path: string;
  readonly artefact: () => Artefact;
};

/** One open route for each description. */
export const descriptionRoutes = (descriptions: readonly Description[]): readonly Route[] =>
  descriptions.map(({ path, artefact }) => {
    let made: TaggedText | null = null;
    const known = (): TaggedText => {
      if (made !== null) return made;
      const { text, type } = artefact();
      made = { text, type, etag: `"${hash('sha256', text, 'base64url').slice(0, 27)}"` };
      return made;
    };
    return {
      ...openGet,
      path,
      handle: (request) => textAnswer(request, known()),
    };
  });

/** What a page says of them: their addresses, which tell what they are. */
export const linksTo = (
  descriptions: readonly Description[],
): readonly { readonly href: string; readonly text: Text }[] =>
  descriptions.map(({ path }) => ({ href: path, text: { nb: path, en: path } }));
