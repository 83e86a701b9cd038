// What the data of FS GraphQL announce (`graphql/roots.yaml`), as changes of the catalogue: parts that will go, each with what takes its place. Called by
// fs-graphql-api.ts, so that there is one source. Pure.
import { lastSecondOf, startOfDay } from '#catalogue/calendar.ts';
import type { Change } from '#catalogue/contract.ts';
import type { Face } from '#graphql/face.ts';
import type { GraphqlRoots } from '#model/graphql-roots.ts';
import { deprecations } from './contract-text.ts';

/** One change for each part of which it is said when its end was announced and when it may go. */
export const announcedChanges = (face: Face, roots: GraphqlRoots): readonly Change[] =>
  [...deprecations(face, roots)].flatMap(([coordinate, { announced, until, instead }]) =>
    announced === null || until === null
      ? []
      : [
          {
            id: idOf(face.api, coordinate),
            api: face.api,
            coordinates: [coordinate],
            kind: 'breaking',
            text: {
              nb: `${coordinate} fjernes. ${instead} viser det samme.`,
              nn: `${coordinate} blir fjerna. ${instead} viser det same.`,
              en: `${coordinate} goes. ${instead} shows the same.`,
            },
            migration: {
              nb: `Be om ${instead} i stedet.`,
              nn: `Be om ${instead} i staden.`,
              en: `Ask for ${instead} instead.`,
            },
            replacement: instead,
            withoutReplacement: null,
            announcedAt: lastSecondOf(announced),
            planned: { at: startOfDay(until) },
            emergency: null,
            doneAt: null,
          },
        ],
  );

/** `Emne.navnV2` → `fs-graphql-emne-navn-v2`. */
const idOf = (api: string, coordinate: string): string =>
  `${api}-${coordinate
    .replaceAll(/([a-zæøå0-9])([A-ZÆØÅ])/g, '$1-$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase()}`;
