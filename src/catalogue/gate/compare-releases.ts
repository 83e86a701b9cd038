// Everything that differs between what was released and what is described now, API by API and artefact by artefact. Picks for each artefact what compares
// its kind. Called by judge.ts; knows no dates and no announcements.
import { describedModelType } from '#model/describe-model.ts';
import type { Status } from '../contract.ts';
import { frozenStatuses } from '../policies.ts';
import { contractIndexDifferences } from './contract-index-differences.ts';
import { eventDifferences } from './event-differences.ts';
import { eventKindsType } from './event-kinds.ts';
import type { Compared, Differ, GateFinding } from './finding.ts';
import { graphqlLevelDifferences } from './graphql-differences.ts';
import { canonical, readDocument } from './json-tree.ts';
import { markChange } from './marks.ts';
import { modelDifferences } from './model-differences.ts';
import { openApiDifferences } from './openapi-differences.ts';
import type { ReleasedArtefact, ReleaseSet } from './release-set.ts';
import { schemaSetDifferences } from './schema-set-differences.ts';
import { xmlDifferences } from './xml-differences.ts';

/** A kind of artefact: how it is told from others, how it is compared, and what one that is gone is compared with, so that each of its parts is told of (null: it is told of as a whole). */
type ArtefactKind = {
  readonly is: (artefact: ReleasedArtefact) => boolean;
  readonly differ: Differ;
  readonly emptied: ((text: string) => string) | null;
};

const kinds: readonly ArtefactKind[] = [
  {
    is: ({ type }) => type === describedModelType,
    differ: modelDifferences,
    emptied: () => '{"classes":{}}',
  },
  { is: ({ type }) => type === eventKindsType, differ: eventDifferences, emptied: () => '{"kinds":{}}' },
  { is: ({ type }) => type.startsWith('application/schema+json'), differ: schemaSetDifferences, emptied: () => '{}' },
  {
    is: ({ name }) => name.endsWith('/contracts.json'),
    differ: contractIndexDifferences,
    emptied: () => '[]',
  },
  {
    is: ({ type, name, text }) => type.startsWith('application/json') && 'openapi' in readDocument(text, name),
    differ: openApiDifferences,
    emptied: (text) => JSON.stringify({ ...readDocument(text, 'what was released'), paths: {} }),
  },
  { is: ({ name }) => /\.(?:xsd|wsdl)$/.test(name), differ: xmlDifferences, emptied: null },
];

const isSchema = ({ type }: ReleasedArtefact): boolean => type.startsWith('application/graphql');

/** Every difference, sorted by API, coordinate and rule; one that shows in several artefacts is told once. Throws where an artefact is of no known kind. */
export const compareReleases = (before: ReleaseSet, after: ReleaseSet): readonly GateFinding[] => {
  const found = [...before.apis.keys()].flatMap((api) => compareApi(api, before, after));
  const added = [...after.apis.keys()]
    .filter((api) => !before.apis.has(api))
    .map((api) => whole(api, 'compatible', 'api-added', 'The API is new.'));
  const told = new Set<string>();
  return [...found, ...added]
    .filter(({ api, coordinate, rule, text }) => {
      // A mark stands in the schema and in the list of contracts.
      const key = JSON.stringify([api, coordinate, rule, rule.startsWith('mark-') ? '' : text]);
      const isNew = !told.has(key);
      told.add(key);
      return isNew;
    })
    .toSorted((a, b) => order(a.api, b.api) || order(a.coordinate, b.coordinate) || order(a.rule, b.rule));
};

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const whole = (api: string, kind: GateFinding['kind'], rule: string, text: string): GateFinding => ({
  api,
  coordinate: '*',
  kind,
  rule,
  text,
  artefact: '',
});

const compareApi = (api: string, before: ReleaseSet, after: ReleaseSet): readonly GateFinding[] => {
  const [was, is] = [before.apis.get(api), after.apis.get(api)];
  if (was === undefined) return [];
  if (is === undefined || (is.status === 'retired' && was.status !== 'retired'))
    return [whole(api, 'breaking', 'api-removed', 'The API is gone.')];
  const [old, now] = [before, after].map(({ artefacts }) => artefacts.filter((one) => one.api === api));
  const described = [
    ...compareSchemas(api, (old ?? []).filter(isSchema), (now ?? []).filter(isSchema)),
    ...compareOthers(
      { api, status: was.status },
      (old ?? []).filter((one) => !isSchema(one)),
      (now ?? []).filter((one) => !isSchema(one)),
    ),
  ];
  return [
    ...comparePromise(api, was.status, is.status),
    ...described,
    ...(frozenStatuses.has(was.status) ? untold(api, old ?? [], now ?? [], described) : []),
  ];
};

/** What is the same in descriptions but for what nothing compares: texts for people, examples, the order of lists. */
const untold = (
  api: string,
  old: readonly ReleasedArtefact[],
  now: readonly ReleasedArtefact[],
  told: readonly GateFinding[],
): readonly GateFinding[] =>
  old.flatMap((one) => {
    const other = now.find(({ name }) => name === one.name);
    if (other === undefined || content(one) === content(other)) return [];
    // The levels of one schema are told of together.
    const tells = (artefact: string): boolean =>
      artefact === one.name || (isSchema(one) && old.some((each) => isSchema(each) && each.name === artefact));
    if (told.some(({ artefact }) => tells(artefact))) return [];
    return [
      {
        ...whole(api, 'compatible', 'description-changed', `${one.name} differs in its texts, examples or order.`),
        artefact: one.name,
      },
    ];
  });

const content = ({ type, text }: ReleasedArtefact): string =>
  /[/+]json(?:;|$)/.test(type) ? canonical(JSON.parse(text)) : text;

const comparePromise = (api: string, was: Status, is: Status): readonly GateFinding[] => {
  if (was === is) return [];
  const mark = markChange(was, is);
  return [
    whole(api, mark?.kind ?? 'compatible', mark?.rule ?? 'status-changed', `The API is ${is} now and was ${was}.`),
  ];
};

// The firmest first: what a level has, all wider ones have too.
const levelOf = ({ name }: ReleasedArtefact): number =>
  ['production.graphql', 'schema.graphql', 'beta.graphql', 'experimental.graphql'].findIndex((level) =>
    name.endsWith(`/${level}`),
  );

const compareSchemas = (
  api: string,
  old: readonly ReleasedArtefact[],
  now: readonly ReleasedArtefact[],
): readonly GateFinding[] => {
  const levels = old
    .toSorted((a, b) => levelOf(a) - levelOf(b))
    .flatMap(({ name, text }) => {
      const other = now.find((one) => one.name === name);
      return other === undefined ? [] : [{ artefact: name, before: text, after: other.text }];
    });
  return [
    ...graphqlLevelDifferences(levels, api),
    ...old.filter(({ name }) => !now.some((one) => one.name === name)).map((one) => artefactGone(api, one)),
    ...now.filter(({ name }) => !old.some((one) => one.name === name)).map((one) => artefactNew(api, one)),
  ];
};

const artefactGone = (api: string, { name }: ReleasedArtefact): GateFinding => ({
  ...whole(api, 'breaking', 'description-removed', `${name} is not published any more.`),
  artefact: name,
});

const artefactNew = (api: string, { name }: ReleasedArtefact): GateFinding => ({
  ...whole(api, 'compatible', 'description-added', `${name} is published now.`),
  artefact: name,
});

const compareOthers = (
  of: Pick<Compared, 'api' | 'status'>,
  old: readonly ReleasedArtefact[],
  now: readonly ReleasedArtefact[],
): readonly GateFinding[] => {
  const names = new Set(old.map(({ name }) => name));
  return [
    ...old.flatMap((one) => {
      const { differ, emptied } = kindOf(one);
      const other = now.find(({ name }) => name === one.name);
      const text = other?.text ?? emptied?.(one.text);
      return text === undefined ? [artefactGone(of.api, one)] : differ(one.text, text, { ...of, artefact: one.name });
    }),
    ...now.filter(({ name }) => !names.has(name)).map((one) => artefactNew(of.api, one)),
  ];
};

const kindOf = (artefact: ReleasedArtefact): ArtefactKind => {
  const kind = kinds.find(({ is }) => is(artefact));
  if (kind === undefined) throw new Error(`${artefact.name} is of a kind (${artefact.type}) that nothing compares.`);
  return kind;
};

/** Whether something compares artefacts of this kind: what nothing compares may not be released. */
export const isCompared = (artefact: ReleasedArtefact): boolean =>
  isSchema(artefact) || kinds.some(({ is }) => is(artefact));
