// The sandbox as if some persons had never been: without them and without everything that is about them. What rosters hide is held against it.
import assert from 'node:assert/strict';
import type { SandboxCollection, SandboxEntry } from '#sandbox/collection.ts';

/** By which relations a resource is about what they lead to. */
const about: readonly (readonly [path: string, relation: string, to: string])[] = [
  ['administrasjon/personal/personalressurs', 'person', 'administrasjon/personal/person'],
  ['administrasjon/personal/arbeidsforhold', 'personalressurs', 'administrasjon/personal/personalressurs'],
  ['grunnskole/tilgang/tilgangsgruppemedlemskap', 'personalressurs', 'administrasjon/personal/personalressurs'],
  ['utdanning/elev/skoleressurs', 'person', 'utdanning/elev/person'],
  ['grunnskole/stilling/skolestilling', 'skoleressurs', 'utdanning/elev/skoleressurs'],
  ['utdanning/elev/undervisningsforhold', 'skoleressurs', 'utdanning/elev/skoleressurs'],
  ['utdanning/elev/kontaktperson', 'kontaktperson', 'utdanning/elev/person'],
  ['grunnskole/foresatt/foresattforhold', 'barn', 'utdanning/elev/person'],
  ['grunnskole/foresatt/foresattforhold', 'foresatt', 'utdanning/elev/person'],
  ['utdanning/elev/elev', 'person', 'utdanning/elev/person'],
  ['utdanning/elev/elevforhold', 'elev', 'utdanning/elev/elev'],
  ['grunnskole/sfo/sfoplass', 'elevforhold', 'utdanning/elev/elevforhold'],
  ['grunnskole/sfo/sfogruppemedlemskap', 'sfoplass', 'grunnskole/sfo/sfoplass'],
  ['utdanning/elev/klassemedlemskap', 'elevforhold', 'utdanning/elev/elevforhold'],
  ['utdanning/elev/kontaktlarergruppemedlemskap', 'elevforhold', 'utdanning/elev/elevforhold'],
  ['utdanning/timeplan/undervisningsgruppemedlemskap', 'elevforhold', 'utdanning/elev/elevforhold'],
  ['grunnskole/gruppe/sprakgruppemedlemskap', 'elevforhold', 'utdanning/elev/elevforhold'],
  ['grunnskole/gruppe/skolegruppemedlemskap', 'elevforhold', 'utdanning/elev/elevforhold'],
  ['grunnskole/gruppe/skolegruppemedlemskap', 'foresattforhold', 'grunnskole/foresatt/foresattforhold'],
  ['grunnskole/gruppe/skolegruppemedlemskap', 'skoleressurs', 'utdanning/elev/skoleressurs'],
];

type Links = Readonly<Record<string, readonly { readonly href: string }[]>>;

/** Leaves out persons for whom `isGone` holds. */
export const without = (
  collections: readonly SandboxCollection[],
  isGone: (person: SandboxEntry) => boolean,
): readonly SandboxCollection[] => {
  const entries = new Map(collections.map(({ collection, entries: all }) => [collection, [...all()]]));
  const gone = new Map<string, Set<string>>();
  const leave = (path: string, entry: SandboxEntry): void => {
    const some = gone.get(path) ?? new Set();
    gone.set(path, some);
    for (const [name, value] of Object.entries(entry.resource))
      if (typeof value === 'object' && value !== null && 'identifikatorverdi' in value)
        some.add(`${name.toLowerCase()}/${String(value.identifikatorverdi)}`);
  };
  const keep = (path: string, isLeft: (entry: SandboxEntry) => boolean): void => {
    const all = entries.get(path) ?? [];
    for (const entry of all) if (isLeft(entry)) leave(path, entry);
    entries.set(
      path,
      all.filter((entry) => !isLeft(entry)),
    );
  };
  for (const path of ['administrasjon/personal/person', 'utdanning/elev/person']) keep(path, isGone);
  for (const [path, relation, to] of about)
    keep(path, ({ resource }) =>
      ((resource['_links'] as Links | undefined)?.[relation] ?? []).some(
        ({ href }) => gone.get(to)?.has(href.split('/').slice(-2).join('/').toLowerCase()) === true,
      ),
    );
  assert.ok([...gone.values()].some((some) => some.size > 0));
  return collections.map(({ collection }) => {
    const left = entries.get(collection) ?? [];
    return { collection, total: left.length, entries: () => left };
  });
};
