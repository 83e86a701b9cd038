// `bindeledd catalogue check`: whether what the APIs describe now may be released, held against a release that was made. Called by catalogue-commands.ts. Prints, and
// gives the exit code; the rules are in src/catalogue/gate/.
import { readFileSync } from 'node:fs';
import { systemClock } from '#base/clock.ts';
import { changesInForce, keptChange } from '#catalogue/announcements.ts';
import { startOfDay } from '#catalogue/calendar.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import { documentOf, type ClientDocument } from '#catalogue/client-document.ts';
import { changeKinds, type Change } from '#catalogue/contract.ts';
import { readAnnouncements } from '#catalogue/gate/announced-file.ts';
import { checkAnnouncements } from '#catalogue/gate/check-announcements.ts';
import { brokenByNothing, judge, type JudgedFinding, type Judgement } from '#catalogue/gate/judge.ts';
import { hitParts, replayDocuments, type BrokenDocument } from '#catalogue/gate/replay.ts';
import { verdictText } from '#catalogue/gate/verdict-text.ts';
import { hitDays, hitsOf, sinceDay, type Hit } from '#catalogue/impact.ts';
import type { RuleFinding } from '#catalogue/rule-finding.ts';
import type { ResolvedSettings } from '#config/settings.ts';
import { checkStatuses } from '../api-structures.ts';
import { loadCatalogue } from '../bundled-catalogue.ts';
import { currentRelease } from '../current-release.ts';
import { bundledReleases, keptReleases, readRelease } from '../kept-releases.ts';
import { renderTable } from './command.ts';
import type { PartUse } from '#store/store.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { CommandFailure, failureOf, type Terminal } from './terminal.ts';

export type CheckOptions = {
  /** A number, or `newest`. */
  readonly against: string;
  /** The folder of releases; null = those that come with the hub. */
  readonly releases: string | null;
  /** A file of announcements that a hub gave; null = none. */
  readonly announcements: string | null;
  /** The day on which it would be released; null = now. */
  readonly on: string | null;
};

/** What a hub knows beside the files: what was announced in it, and who uses what. */
type Known = {
  readonly changes: readonly Change[];
  /** Null = nobody has said where to look. */
  readonly uses: readonly PartUse[] | null;
  /** What applications have registered. */
  readonly documents: readonly ClientDocument[];
};

/** Compares, judges and prints; exit code 6 where something may not be released. Throws CommandFailure and HubError. */
export const runCatalogueCheck = async (
  terminal: Terminal,
  resolved: ResolvedSettings,
  options: CheckOptions,
): Promise<ExitCode> => {
  const folder = options.releases ?? bundledReleases;
  const release = releaseNamed(options.against, folder);
  const before = readRelease(folder, release);
  if (!before.ok) throw failureOf(before.problem);
  const catalogue = loadCatalogue();
  if (!catalogue.ok) throw failureOf(catalogue.problem);
  const at = options.on === null ? systemClock.now() : dayNamed(options.on);
  const after = await currentRelease(catalogue.value, release + 1, at, resolved.settings.model);
  const known = await knownByHub(resolved, catalogue.value, at);
  const { releases } = catalogue.value;
  const changes = [...known.changes, ...announcedIn(options.announcements)];
  const judgement = judge(before.value, after, { changes, releases, at });
  const unlawful = [...checkAnnouncements(after, changes, releases), ...checkStatuses(after)];
  const hits = hitsOfBreaches(judgement.breaches, hitParts(before.value), known.uses);
  const broken = replayDocuments(known.documents, before.value, after);
  const unexplained = brokenByNothing(broken, judgement.findings);
  const lawful = judgement.breaches.length + unlawful.length + unexplained.length === 0;
  terminal.out(
    terminal.json
      ? JSON.stringify(
          {
            ok: lawful,
            ...asJson(judgement, unlawful, hits, { release, day: before.value.day, at }),
            documents: broken,
          },
          null,
          2,
        )
      : [
          asText(terminal, judgement, unlawful, hits, { release, day: before.value.day, at }),
          ...(broken.length === 0 ? [] : [brokenText(terminal, broken)]),
        ].join('\n\n'),
  );
  return lawful ? exitCodes.ok : exitCodes.gate;
};

const releaseNamed = (text: string, folder: string): number => {
  if (/^(?:0|[1-9]\d{0,5})$/.test(text)) return Number(text);
  const newest = keptReleases(folder).at(-1);
  if (text === 'newest' && newest !== undefined) return newest;
  throw new CommandFailure(exitCodes.usage, `${text} is no release.`, { hint: 'A number, or newest.' });
};

const dayNamed = (text: string): number => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return startOfDay(text);
  throw new CommandFailure(exitCodes.usage, `${text} is no day.`, { hint: 'Write it like 2027-03-31.' });
};

const announcedIn = (file: string | null): readonly Change[] => {
  if (file === null) return [];
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new CommandFailure(exitCodes.usage, `The file of announcements ${file} cannot be read.`);
  }
  const read = readAnnouncements(text);
  if (!read.ok) throw failureOf(read.problem);
  return read.value;
};

/** Asks the data of a hub where somebody said which; what is announced in the catalogue counts always. */
const knownByHub = async (
  { settings, origins }: ResolvedSettings,
  catalogue: Catalogue,
  at: number,
): Promise<Known> => {
  if (settings.databaseUrl === null && origins.data === 'default')
    return { changes: changesInForce(catalogue.changes, []), uses: null, documents: [] };
  const { openDataPlace } = await import('./data-place.ts');
  const { platform, close } = await openDataPlace(settings);
  try {
    const kept = (await platform.registerEntries({ kind: 'change' })).map(keptChange);
    const uses = await platform.partUse(settings.environment, { since: sinceDay(at, hitDays) });
    const documents = await platform.registerEntries({ kind: 'document', state: 'registered' });
    return {
      changes: changesInForce(catalogue.changes, kept),
      uses,
      documents: documents.flatMap((entry) => documentOf(entry) ?? []),
    };
  } finally {
    await close();
  }
};

type Hits = ReadonlyMap<JudgedFinding, readonly Hit[] | null>;
type Against = { readonly release: number; readonly day: string; readonly at: number };

const hitsOfBreaches = (
  breaches: readonly JudgedFinding[],
  partsOf: ReturnType<typeof hitParts>,
  uses: readonly PartUse[] | null,
): Hits => {
  if (uses === null) return new Map(breaches.map((one) => [one, null]));
  const byApi = Map.groupBy(uses, ({ api }) => api);
  return new Map(breaches.map((one) => [one, hitsOf(partsOf(one), byApi.get(one.api) ?? [])]));
};

type Unlawful = readonly RuleFinding[];

const asJson = ({ findings }: Judgement, unlawful: Unlawful, hits: Hits, { release, day, at }: Against): object => ({
  against: { release, day },
  at: new Date(at).toISOString(),
  rules: unlawful,
  counts: Object.fromEntries(changeKinds.map((kind) => [kind, findings.filter((one) => one.kind === kind).length])),
  findings: findings.map((one) => ({
    ...one,
    earliest: one.earliest === null ? null : new Date(one.earliest).toISOString(),
    explanation: verdictText(one),
    ...(hits.has(one) ? { usedBy: hits.get(one) } : {}),
  })),
});

const asText = (
  terminal: Terminal,
  { findings, breaches }: Judgement,
  unlawful: Unlawful,
  hits: Hits,
  { release, day }: Against,
): string => {
  const say = (nb: string, en: string): string => (terminal.language === 'nb' ? nb : en);
  const sections = changeKinds.flatMap((kind) => {
    const of = findings.filter((one) => one.kind === kind);
    if (of.length === 0) return [];
    const rows = of.map((one) => [one.api, one.coordinate, one.rule, one.status, one.verdict, one.text]);
    const heads = [
      'API',
      say('DEL', 'PART'),
      say('REGEL', 'RULE'),
      'STATUS',
      say('DOM', 'VERDICT'),
      say('HVA', 'WHAT'),
    ];
    return [`${classNames[kind][terminal.language]} (${of.length})\n${renderTable(heads, rows, '')}`];
  });
  const held = breaches.map((one) => {
    const lines = [`${one.api}  ${one.coordinate}`, `  ${one.text}`, `  ${verdictText(one)[terminal.language]}`];
    const used = hits.get(one) ?? null;
    if (used !== null) lines.push(`  ${usedText(used, say)}`);
    return lines.join('\n');
  });
  const verdict =
    breaches.length === 0
      ? say(
          `Ingenting står i veien for å slippe dette etter utgivelse ${release} (${day}).`,
          `Nothing stands in the way of releasing this after release ${release} (${day}).`,
        )
      : say(
          `Kan ikke slippes etter utgivelse ${release} (${day}): ${breaches.length}`,
          `May not be released after release ${release} (${day}): ${breaches.length}`,
        );
  const said =
    unlawful.length === 0
      ? []
      : [
          say('Varsler og statuser som bryter reglene:', 'Announcements and statuses that break the rules:'),
          ...unlawful.map(({ rule, at, text }) => `  ${at}: ${text} (${rule})`),
        ];
  return [...sections, [verdict, ...held].join('\n\n'), ...(said.length === 0 ? [] : [said.join('\n')])].join('\n\n');
};

const classNames = {
  breaking: { nb: 'Brytende', en: 'Breaking' },
  dangerous: { nb: 'Risikable', en: 'Dangerous' },
  compatible: { nb: 'Kompatible', en: 'Compatible' },
} as const;

const usedText = (hits: readonly Hit[], say: (nb: string, en: string) => string): string =>
  hits.length === 0
    ? say(`Ingen har brukt det de siste ${hitDays} dagene.`, `Nobody has used it in the last ${hitDays} days.`)
    : hits
        .map(({ application, count, last }) =>
          say(
            `Rammer ${application}: ${count} ganger, sist ${last}.`,
            `Hits ${application}: ${count} times, last on ${last}.`,
          ),
        )
        .join('\n  ');

const brokenText = ({ language }: Terminal, broken: readonly BrokenDocument[]): string =>
  [
    language === 'nb'
      ? 'Registrerte spørringer som ikke kan kjøres lenger:'
      : 'Registered documents that cannot be run any more:',
    ...broken.map(({ api, application, owner, name, errors }) =>
      [`${api}  ${application} (${owner}): ${name}`, ...errors.map((error) => `  ${error}`)].join('\n'),
    ),
  ].join('\n');
