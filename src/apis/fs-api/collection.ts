// The document of a page of a collection: where it is, what is before and behind it, how many there are, and the items. Used by reads. Knows no type.
import { prefix } from './addresses.ts';
import type { ListWanted } from './query.ts';

/** Names of filters whose values may stand in no address that is given out. */
export const unnamed: ReadonlySet<string> = new Set(['fodselsdato0', 'personnummer0']);

type Page = Pick<ListWanted, 'limit' | 'page' | 'dbId' | 'refId' | 'fields' | 'given'>;

/** The address of a page: what was asked for, in one order and one spelling. What may not stand in addresses is left out. */
const addressOf = (baseUrl: string, name: string, wanted: Page, page: number): string => {
  const query = new URLSearchParams();
  for (const [filter, text] of Object.entries(wanted.given)) if (!unnamed.has(filter)) query.set(filter, text);
  query.set('limit', String(wanted.limit));
  query.set('page', String(page));
  if (wanted.dbId) query.set('dbId', 'true');
  if (wanted.refId && !wanted.dbId) query.set('refId', 'true');
  if (wanted.fields !== null) query.set('fields', [...wanted.fields].join(','));
  return `${baseUrl}${prefix}/${name}?${query.toString()}`;
};

/** Number of the last page; 1 also when there is nothing. */
export const lastPage = ({ limit }: Pick<Page, 'limit'>, size: number): number =>
  limit === 0 ? 1 : Math.max(1, Math.ceil(size / limit));

/**
 * The text of the document in two parts, around the items. `size` null = it is told at the end, by `closing`: that of an answer of which nobody knows how long it
 * gets. Pages before and behind are named where there are such; where the address does not say what was asked for, none is.
 */
export const collectionText = (
  baseUrl: string,
  name: string,
  wanted: Page,
  size: number | null,
): { readonly opening: string; readonly closing: (size: number) => string } => {
  const { page, limit } = wanted;
  const link = (rel: string, to: number) => ({ href: addressOf(baseUrl, name, wanted, to), rel: [rel] });
  const last = size === null ? 1 : lastPage(wanted, size);
  const isNamed = Object.keys(wanted.given).every((filter) => !unnamed.has(filter));
  const head = {
    href: addressOf(baseUrl, name, wanted, page),
    rel: ['self'],
    page,
    limit,
    ...(size === null ? {} : { size }),
    ...(isNamed
      ? {
          first: link('first', 1),
          // From behind the end one comes back to the last.
          ...(page > 1 ? { previous: link('previous', Math.min(page - 1, last)) } : {}),
          ...(page < last ? { next: link('next', page + 1) } : {}),
          last: link('last', last),
        }
      : {}),
  };
  return {
    opening: `${JSON.stringify(head).slice(0, -1)},"items":[`,
    closing: (counted) => (size === null ? `],"size":${counted}}` : ']}'),
  };
};
