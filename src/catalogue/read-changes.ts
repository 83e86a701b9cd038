// Reads `catalogue/changes.yaml`: what changes for those who use an API, announced and done. Called by read-catalogue.ts. Whether a change may come when it is
// planned is for the rules, not for the reader.
import { didYouMean } from '#base/text.ts';
import {
  listOf,
  memberOf,
  membersOf,
  numberOf,
  textIn,
  textOf,
  wordOf,
  type Entry,
  type PlainReading,
} from '#model/graphql-entry.ts';
import { lastSecondOf, releaseOf, startOfDay } from './calendar.ts';
import { changeKinds, type Change, type Release } from './contract.ts';
import { momentOf, someWords } from './read-entries.ts';

/** What changes are held against. */
export type Around = { readonly apis: ReadonlySet<string>; readonly releases: readonly Release[] };

const keys = [
  'api',
  'coordinates',
  'kind',
  'text',
  'migration',
  'replacement',
  'without-replacement',
  'announced',
  'planned',
  'emergency',
  'done',
];

const idForm = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** The changes in the order of the file. */
export const readChanges = (top: Entry, around: Around, reading: PlainReading): readonly Change[] => {
  membersOf(top, reading, ['changes']);
  return membersOf(memberOf(top, 'changes'), reading).map(([id, entry]) => readChange(id, entry, around, reading));
};

const readChange = (id: string, entry: Entry, around: Around, reading: PlainReading): Change => {
  const { complain } = reading;
  membersOf(entry, reading, keys);
  if (!idForm.test(id)) complain(entry.at, 'name', `'${id}' is not in kebab-case`);
  const api = textIn(entry, 'api', reading);
  if (api !== '' && !around.apis.has(api))
    complain(memberOf(entry, 'api').at, 'catalogue', `there is no API '${api}'${didYouMean(api, around.apis)}`);
  const kind = wordOf(memberOf(entry, 'kind'), changeKinds, reading);
  if (memberOf(entry, 'kind').value === undefined) complain(entry.at, 'missing-key', `'kind' is missing`);
  const text = someWords(entry, 'text', reading);
  if (text === null) complain(entry.at, 'missing-key', `'text' is missing`);
  const change: Change = {
    id,
    api,
    coordinates: readCoordinates(entry, reading),
    kind: kind ?? 'breaking',
    text: text ?? { nb: '', en: '' },
    migration: someWords(entry, 'migration', reading),
    replacement: textOf(memberOf(entry, 'replacement'), reading),
    withoutReplacement: someWords(entry, 'without-replacement', reading),
    announcedAt: momentOf(memberOf(entry, 'announced'), lastSecondOf, reading),
    planned: readPlanned(entry, around, reading),
    emergency: readEmergency(memberOf(entry, 'emergency'), reading),
    doneAt: momentOf(memberOf(entry, 'done'), startOfDay, reading),
  };
  for (const message of contradictions(change)) complain(entry.at, 'catalogue', message);
  return change;
};

const readCoordinates = (entry: Entry, reading: PlainReading): readonly string[] => {
  const held = memberOf(entry, 'coordinates');
  const coordinates = listOf(held, reading).flatMap((one) => textOf(one, reading)?.trim() ?? []);
  if (coordinates.length === 0)
    reading.complain(entry.at, 'missing-key', `'coordinates' names no part ('*' is all of it)`);
  if (new Set(coordinates).size < coordinates.length)
    reading.complain(held.at, 'duplicate', 'a part stands here twice');
  return coordinates;
};

/** `{ release: 3 }` or `{ at: 2027-01-01 }`. */
const readPlanned = (entry: Entry, { releases }: Around, reading: PlainReading): Change['planned'] => {
  const held = memberOf(entry, 'planned');
  membersOf(held, reading, ['release', 'at']);
  const version = memberOf(held, 'release');
  const release = numberOf(version, reading);
  const at = momentOf(memberOf(held, 'at'), startOfDay, reading);
  if ((release === null) === (at === null))
    reading.complain(entry.at, 'catalogue', `'planned' takes either 'release' or 'at'`);
  if (release !== null && releaseOf(releases, release) === null)
    reading.complain(version.at, 'catalogue', `there is no main version ${release}`);
  return release === null ? { at: at ?? 0 } : { release };
};

const readEmergency = (entry: Entry, reading: PlainReading): Change['emergency'] => {
  if (entry.value === undefined) return null;
  membersOf(entry, reading, ['reason', 'approver']);
  return { reason: textIn(entry, 'reason', reading), approver: textIn(entry, 'approver', reading) };
};

/** What cannot be true of one change at once. */
const contradictions = (change: Change): readonly string[] => {
  const { kind, replacement, withoutReplacement, migration, announcedAt, doneAt, emergency } = change;
  return [
    ...(kind === 'breaking' && replacement === null && withoutReplacement === null
      ? [`'replacement' is missing: what takes its place, or 'without-replacement' says why nothing does`]
      : []),
    ...(replacement !== null && withoutReplacement !== null ? [`it has a replacement, and says why it has none`] : []),
    ...(kind === 'breaking' && migration === null ? [`'migration' is missing: what users have to do`] : []),
    ...(kind !== 'breaking' && emergency !== null ? [`only what is breaking can be an emergency`] : []),
    ...(kind === 'breaking' && doneAt !== null && announcedAt === null && emergency === null
      ? [`it is done, and was never announced`]
      : []),
    ...(doneAt !== null && announcedAt !== null && doneAt < announcedAt && emergency === null
      ? [`it was done before it was announced`]
      : []),
  ];
};
