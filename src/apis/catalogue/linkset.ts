// The catalogue as a set of links (RFC 9264), where programs look for it: `/.well-known/api-catalog` (RFC 9727). Relations of each API are those of RFC 8631. Called by
// catalogue-api.ts. Pure.
import type { CatalogueDocument } from '#catalogue/catalogue.ts';
import type { Shown, ShownApi } from './shown.ts';

export const linksetPath = '/.well-known/api-catalog';

/** The media type, with the profile that says that it is a catalogue of APIs. */
export const linksetType = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"';

type Target = {
  readonly href: string;
  readonly type?: string;
  readonly title?: string;
  readonly 'title*'?: readonly { readonly value: string; readonly language: string }[];
};

type Link = { readonly anchor: string } & Readonly<Record<string, string | readonly Target[]>>;

/** APIs that can be called here, each with its descriptions; where each begins is an item of the catalogue. */
export const linksetOf = (shown: Shown): { readonly linkset: readonly Link[] } => {
  const here = shown.apis.filter(({ offered, path }) => offered && path !== null);
  return {
    linkset: [
      {
        anchor: `${shown.hub}${linksetPath}`,
        item: here.map((api) => ({ href: anchorOf(api, shown), ...titled(api.name) })),
      },
      ...here.map((api) => linksOf(api, shown)),
    ],
  };
};

const anchorOf = ({ path }: ShownApi, { hub }: Shown): string => `${hub}${path ?? '/'}`;

const titled = (words: {
  readonly nb: string;
  readonly nn?: string;
  readonly en: string;
}): Pick<Target, 'title' | 'title*'> => ({
  title: words.en,
  'title*': [
    { value: words.nb, language: 'nb' },
    ...(words.nn === undefined ? [] : [{ value: words.nn, language: 'nn' }]),
    { value: words.en, language: 'en' },
  ],
});

const linksOf = (api: ShownApi, shown: Shown): Link => {
  const page = `${shown.hub}/catalogue/apis/${api.id}`;
  const target = ({ path, type, name }: CatalogueDocument): Target => ({
    href: `${shown.hub}${path}`,
    type,
    ...(name === null ? {} : titled(name)),
  });
  const described = api.documents.filter(({ kind }) => kind !== 'page' && kind !== 'contracts');
  const pages = api.documents.filter(({ kind }) => kind === 'page');
  return {
    anchor: anchorOf(api, shown),
    ...(described.length === 0 ? {} : { 'service-desc': described.map(target) }),
    'service-doc': [{ href: page, type: 'text/html' }, ...pages.map(target)],
    'service-meta': [
      { href: page, type: 'application/json' },
      { href: `${page}/contracts.json`, type: 'application/json' },
    ],
    status: [{ href: `${shown.hub}/health/ready`, type: 'application/json' }],
  };
};
