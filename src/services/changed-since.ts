// Which documents may have changed since a moment: those of which anything that they are made of has. Called by the operations; a document too many is told
// rather than one too few.
import { limits } from '#base/limits.ts';
import type { Narrow, Shape } from '#hub/documents/document.ts';
import type { Hub, QueryContext } from '#hub/query.ts';
import { anyOf, texts, through } from '#mappings/narrowing.ts';

/** Epoch ms of a civil date or an instant; undefined for what is neither. Of a date: when it begins anywhere in Norway. */
export const momentOf = (text: string): number | undefined => {
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.test(text))
    return undefined;
  const ms = Date.parse(text.length === 10 ? `${text}T00:00:00+02:00` : text);
  return Number.isNaN(ms) ? undefined : ms;
};

/**
 * Rows of the root of the shape, or null when so much has changed that all of them may have. What the caller may not list changes nothing that it sees.
 */
export const changedSince = async (
  hub: Pick<Hub, 'run'>,
  shape: Shape,
  since: number,
  context: QueryContext,
): Promise<Narrow | null> => {
  const asked = new Map<string, readonly string[] | null>();
  const found: Narrow[] = [];
  for (const { at, collection } of shape.all) {
    const known = asked.get(collection.path);
    const ids = known === undefined ? await changedIn(hub, collection.path, since, context) : known;
    asked.set(collection.path, ids);
    if (ids === null) return null;
    if (ids.length === 0) continue;
    const changed = texts(['systemId', 'identifikatorverdi'], 'eq', ...ids);
    found.push(at === '' ? changed : through(at.split('.'), changed));
  }
  return anyOf(...found);
};

/** The ids of what has changed in a collection; null when it is more than is looked at. */
const changedIn = async (
  hub: Pick<Hub, 'run'>,
  collection: string,
  since: number,
  context: QueryContext,
): Promise<readonly string[] | null> => {
  const most = limits.changedParts;
  const page = await hub.run({ kind: 'list', collection, filter: null, since, offset: 0, size: most }, context);
  if (page.kind !== 'page') return [];
  if (page.total > most) return null;
  const chunks: string[] = [];
  for await (const { bytes } of page.body.plain()) chunks.push(bytes.toString('utf8'));
  const rows = JSON.parse(`[${chunks.join(',')}]`) as readonly {
    readonly systemId?: { identifikatorverdi?: unknown };
  }[];
  return rows.flatMap(({ systemId }) =>
    typeof systemId?.identifikatorverdi === 'string' ? [systemId.identifikatorverdi] : [],
  );
};
