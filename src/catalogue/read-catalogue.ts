// Reads the catalogue from the texts of its files: `catalogue.yaml` (who publishes it, main versions, what statuses promise), `apis.yaml` and `changes.yaml`. Called at
// start, by commands and by tests. Says line by line what is wrong; knows no disk.
import { ok, type Result } from '#base/result.ts';
import { listOf, memberOf, membersOf, textIn, type Entry, type PlainReading } from '#model/graphql-entry.ts';
import { deepFreeze } from '#model/freeze.ts';
import { readPlainFiles } from '#model/graphql-file.ts';
import { checkReleases, startOfDay } from './calendar.ts';
import { policyIds, severities, type Catalogue, type PromotionThresholds, type Severity } from './catalogue.ts';
import { statuses, type Release } from './contract.ts';
import { readApis } from './read-apis.ts';
import { readChanges } from './read-changes.ts';
import { countIn, dayIn, ownerIn, wordsIn } from './read-entries.ts';

/** The files of the catalogue, as findings name them. */
export const catalogueFiles = ['catalogue.yaml', 'apis.yaml', 'changes.yaml'] as const;

const topKeys = [
  'name',
  'description',
  'publisher',
  'licence',
  'parties',
  'releases',
  'policies',
  'promises',
  'thresholds',
];

/** Takes the texts by the names of the files; a missing one counts as empty. Fails with HUB-200 and one item (`file:line`, rule and message) per fault. */
export const readCatalogue = (texts: ReadonlyMap<string, string>): Result<Catalogue> => {
  const read = readPlainFiles(texts, catalogueFiles, (topOf, reading) => {
    const top = topOf('catalogue.yaml');
    membersOf(top, reading, topKeys);
    const parties = new Map(
      membersOf(memberOf(top, 'parties'), reading).map(([name, entry]) => [name, ownerIn(entry, reading)]),
    );
    const releases = readReleases(memberOf(top, 'releases'), reading);
    const apis = readApis(topOf('apis.yaml'), parties, reading);
    const catalogue: Catalogue = {
      name: wordsIn(top, 'name', reading),
      description: wordsIn(top, 'description', reading),
      publisher: ownerIn(memberOf(top, 'publisher'), reading),
      licence: readLicence(top, reading),
      releases,
      policies: readPolicies(memberOf(top, 'policies'), reading),
      promises: readPromises(memberOf(top, 'promises'), reading),
      thresholds: readThresholds(memberOf(top, 'thresholds'), reading),
      apis,
      changes: readChanges(topOf('changes.yaml'), { apis: new Set(apis.keys()), releases }, reading),
    };
    for (const { id, policy } of apis.values())
      if (!catalogue.policies.has(policy))
        reading.complain(
          memberOf(top, 'policies').at,
          'catalogue',
          `'${policy}', which ${id} is under, is not described`,
        );
    return catalogue;
  });
  return read.ok ? ok(deepFreeze(read.value)) : read;
};

const readLicence = (top: Entry, reading: PlainReading): string => {
  const code = textIn(top, 'licence', reading);
  if (code !== '' && !/^[A-Z][A-Z0-9_]*$/.test(code))
    reading.complain(memberOf(top, 'licence').at, 'value-type', 'this takes a code such as EUPL_1_2');
  return code;
};

/** Main versions, held against R5: each finding stands where the release does. */
const readReleases = (entry: Entry, reading: PlainReading): readonly Release[] => {
  const entries = listOf(entry, reading);
  const releases = entries.map((one): Release => {
    membersOf(one, reading, ['version', 'day']);
    return { version: countIn(one, 'version', [0, 10_000], reading), at: startOfDay(dayIn(one, 'day', reading)) };
  });
  if (releases.length === 0) for (const { text } of checkReleases([])) reading.complain(entry.at, 'catalogue', text);
  for (const [index, { at }] of entries.entries()) {
    // What was found of those before it is told there.
    const known = new Set(index === 0 ? [] : checkReleases(releases.slice(0, index)).map(({ text }) => text));
    for (const { text } of checkReleases(releases.slice(0, index + 1)))
      if (!known.has(text)) reading.complain(at, 'catalogue', text);
  }
  return releases;
};

const readPolicies = (entry: Entry, reading: PlainReading): Catalogue['policies'] => {
  membersOf(entry, reading, policyIds);
  return new Map(
    policyIds.filter((id) => memberOf(entry, id).value !== undefined).map((id) => [id, wordsIn(entry, id, reading)]),
  );
};

const readPromises = (entry: Entry, reading: PlainReading): Catalogue['promises'] => {
  membersOf(entry, reading, statuses);
  return new Map(
    statuses.map((status) => {
      const held = memberOf(entry, status);
      if (held.value === undefined) reading.complain(entry.at, 'missing-key', `'${status}' is missing`);
      else membersOf(held, reading, ['name', 'promise']);
      const none = { nb: '', en: '' };
      return [
        status,
        held.value === undefined
          ? { name: none, promise: none }
          : { name: wordsIn(held, 'name', reading), promise: wordsIn(held, 'promise', reading) },
      ];
    }),
  );
};

const readThresholds = (entry: Entry, reading: PlainReading): PromotionThresholds => {
  membersOf(entry, reading, ['beta', 'production']);
  const [beta, production] = [memberOf(entry, 'beta'), memberOf(entry, 'production')];
  membersOf(beta, reading, ['coverage', 'severity']);
  membersOf(production, reading, ['coverage', 'severity', 'confirmations', 'days-in-beta']);
  const common = (of: Entry): PromotionThresholds['beta'] => ({
    coverage: countIn(of, 'coverage', [0, 100], reading),
    severity: severityIn(of, reading),
  });
  return {
    beta: common(beta),
    production: {
      ...common(production),
      confirmations: countIn(production, 'confirmations', [0, 100], reading),
      daysInBeta: countIn(production, 'days-in-beta', [0, 3_650], reading),
    },
  };
};

const severityIn = (entry: Entry, reading: PlainReading): Severity => {
  const number = countIn(entry, 'severity', [1, 3], reading);
  return severities.find((one) => one === number) ?? 1;
};
