// The changes that a hub has announced, from the text in which it gives them away: `/catalogue/changes`, `/admin/changes`, or a list of either. Called
// by `bindeledd catalogue check --announcements`.
import { problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { startOfDay } from '../calendar.ts';
import { changeKinds, type Change, type Words } from '../contract.ts';
import { isMap, listOf, mapOf, textOf, textsOf } from './json-tree.ts';

/** Reads them. Fails with HUB-103 and which item is no change. Those that were called off are left out. */
export const readAnnouncements = (text: string): Result<readonly Change[]> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failed(problem('HUB-103', 'The file of announcements is not JSON.'));
  }
  const items = [value, mapOf(value)['items'], mapOf(value)['changes']].find((one) => Array.isArray(one));
  if (items === undefined)
    return failed(problem('HUB-103', 'The file of announcements holds neither a list nor `items` or `changes`.'));
  const changes: Change[] = [];
  for (const [index, item] of listOf(items).entries()) {
    const entry = mapOf(item);
    if (isMap(entry['withdrawn']) || entry['state'] === 'withdrawn') continue;
    const change = changeOf(isMap(entry['change']) ? entry['change'] : entry);
    if (change === null)
      return failed(problem('HUB-103', `Item ${index + 1} of the file of announcements is no change.`));
    changes.push(change);
  }
  return ok(changes);
};

/** A moment as a number or as text with its zone, or a day, which begins at midnight in Norway. */
const momentOf = (value: unknown): number | null => {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) return startOfDay(value);
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : at;
};

const wordsOf = (value: unknown): Words | null => {
  const { nb, en } = mapOf(value);
  return typeof nb === 'string' && typeof en === 'string' ? { nb, en } : null;
};

const changeOf = (value: Readonly<Record<string, unknown>>): Change | null => {
  const [id, api, coordinates] = [textOf(value['id']), textOf(value['api']), textsOf(value['coordinates'])];
  const kind = changeKinds.find((one) => one === value['kind']);
  const { release, at, day } = mapOf(value['planned']);
  const [planned, moment] = [typeof release === 'number' ? { release } : null, momentOf(at ?? day)];
  const when = planned ?? (moment === null ? null : { at: moment });
  if (id === null || api === null || coordinates.length === 0 || kind === undefined || when === null) return null;
  const { reason, approver } = mapOf(value['emergency']);
  return {
    id,
    api,
    coordinates,
    kind,
    text: wordsOf(value['text']) ?? { nb: '', en: '' },
    migration: wordsOf(value['migration']),
    replacement: textOf(value['replacement']),
    withoutReplacement: wordsOf(value['withoutReplacement']),
    announcedAt: momentOf(value['announcedAt'] ?? value['announced']),
    planned: when,
    emergency: typeof reason === 'string' && typeof approver === 'string' ? { reason, approver } : null,
    doneAt: momentOf(value['doneAt'] ?? value['done']),
  };
};
