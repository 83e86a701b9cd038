// The differences between the kinds of events that an API told of and those that it tells of now. Consumers name the kinds that they want: a new one
// surprises nobody, one that is gone is waited for in vain (facts 7.5).
import type { Differ, GateFinding } from './finding.ts';
import { mapOf, readDocument, textOf } from './json-tree.ts';

/** Compares two artefacts as event-kinds.ts makes them. */
export const eventDifferences: Differ = (before, after, { api, artefact }) => {
  const found: GateFinding[] = [];
  const tell = (kind: GateFinding['kind'], rule: string, coordinate: string, text: string): void =>
    void found.push({ api, coordinate, kind, rule, text, artefact });
  const [old, now] = [before, after].map((text) => mapOf(readDocument(text, artefact)['kinds']));
  for (const [name, one] of Object.entries(old ?? {})) {
    if (now === undefined || !(name in now)) {
      tell('breaking', 'event-kind-removed', name, 'Events of this kind are not told any more.');
      continue;
    }
    const [was, is] = [mapOf(one), mapOf(now[name])];
    if (was['key'] !== is['key'])
      tell(
        'breaking',
        'event-key-changed',
        name,
        `Events belong together by ${textOf(is['key'])} now and not by ${textOf(was['key'])}.`,
      );
    if (was['order'] !== is['order'])
      tell(
        'breaking',
        'event-order-changed',
        name,
        `The order holds within a ${textOf(is['order'])} now and not within a ${textOf(was['order'])}.`,
      );
    const [members, kept] = [mapOf(was['members']), mapOf(is['members'])];
    for (const [member, type] of Object.entries(members)) {
      const at = `${name}.${member}`;
      if (!(member in kept)) tell('breaking', 'event-member-removed', at, 'The member is gone from events.');
      else if (kept[member] !== type)
        tell(
          'breaking',
          'event-member-changed',
          at,
          `The member is ${textOf(kept[member])} now and was ${textOf(type)}.`,
        );
    }
    for (const member of Object.keys(kept))
      if (!(member in members))
        tell('compatible', 'event-member-added', `${name}.${member}`, 'The member is new in events.');
  }
  for (const name of Object.keys(now ?? {}))
    if (!(name in (old ?? {}))) tell('compatible', 'event-kind-added', name, 'The kind of events is new.');
  return found;
};
