// What is published about an API, at addresses of its own that are open to all: schemas, contracts. Made when they are first asked for, and kept. Used by
// the APIs that speak GraphQL.
import { hash } from 'node:crypto';
import type { Text } from '#model/model.ts';
import type { ApiAnswer, ApiRequest, Artefact, Route } from './api.ts';

export type Description = {
  readonly path: string;
  readonly artefact: () => Artefact;
};

/** One open route for each description. */
export const descriptionRoutes = (descriptions: readonly Description[]): readonly Route[] =>
  descriptions.map(({ path, artefact }) => {
    let made: { readonly artefact: Artefact; readonly etag: string } | null = null;
    const known = (): { readonly artefact: Artefact; readonly etag: string } => {
      if (made !== null) return made;
      const text = artefact();
      made = { artefact: text, etag: `"${hash('sha256', text.text, 'base64url').slice(0, 27)}"` };
      return made;
    };
    return {
      methods: ['GET'],
      path,
      access: 'open',
      scopes: [],
      body: 'none',
      bodyLimit: 0,
      handle: (request) => answer(known(), request),
    };
  });

/** What a page says of them: their addresses, which tell what they are. */
export const linksTo = (
  descriptions: readonly Description[],
): readonly { readonly href: string; readonly text: Text }[] =>
  descriptions.map(({ path }) => ({ href: path, text: { nb: path, en: path } }));

const answer = (
  { artefact, etag }: { readonly artefact: Artefact; readonly etag: string },
  request: ApiRequest,
): ApiAnswer => {
  const headers = { etag, 'cache-control': 'public, no-cache' };
  const given = request.header('if-none-match')?.split(',') ?? [];
  if (given.some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*'))
    return { kind: 'empty', status: 304, headers };
  return { kind: 'bytes', status: 200, headers, bytes: artefact.text, type: artefact.type };
};
