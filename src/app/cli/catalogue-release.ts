// `bindeledd catalogue release`: keeps what every API describes now as a release of the catalogue. Called by catalogue-commands.ts.
import { problem } from '#base/errors.ts';
import { systemClock, civilDay } from '#base/clock.ts';
import { startOfDay } from '#catalogue/calendar.ts';
import { isCompared } from '#catalogue/gate/compare-releases.ts';
import { checkNextRelease } from '#catalogue/gate/next-release.ts';
import type { Release } from '#catalogue/contract.ts';
import type { ResolvedSettings } from '#config/settings.ts';
import { loadCatalogue } from '../bundled-catalogue.ts';
import { currentRelease } from '../current-release.ts';
import { bundledReleases, keptReleases, readRelease, writeRelease } from '../kept-releases.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { CommandFailure, failureOf, type Terminal } from './terminal.ts';

export type ReleaseOptions = {
  readonly version: string;
  /** The day of the release; null = today. */
  readonly on: string | null;
  /** The folder of releases; null = those that come with the hub. */
  readonly releases: string | null;
};

/** Writes the release and says what it holds. Throws CommandFailure where the rules of releases stand in the way. */
export const runCatalogueRelease = async (
  terminal: Terminal,
  resolved: ResolvedSettings,
  options: ReleaseOptions,
): Promise<ExitCode> => {
  if (!/^(?:0|[1-9]\d{0,5})$/.test(options.version))
    throw new CommandFailure(exitCodes.usage, `${options.version} is no number of a release.`);
  const version = Number(options.version);
  const day = options.on ?? civilDay(systemClock.now()).date;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day)))
    throw new CommandFailure(exitCodes.usage, `${day} is no day.`, { hint: 'Write it like 2027-03-31.' });
  const folder = options.releases ?? bundledReleases;
  const catalogue = loadCatalogue();
  if (!catalogue.ok) throw failureOf(catalogue.problem);
  const findings = checkNextRelease({ made: madeIn(folder), planned: catalogue.value.releases, version, day });
  if (findings.length > 0)
    throw failureOf(problem('HUB-207', findings.map(({ at, text }) => `${at}: ${text}`).join(' ')));
  const set = await currentRelease(catalogue.value, version, startOfDay(day), resolved.settings.model);
  const strange = set.artefacts.filter(({ api }) => !set.apis.has(api)).map(({ api, name }) => `${name} (${api})`);
  if (strange.length > 0) throw failureOf(problem('HUB-207', `The catalogue knows no API for ${strange.join(', ')}.`));
  const unknown = set.artefacts.filter((one) => !isCompared(one)).map(({ name }) => name);
  if (unknown.length > 0) throw failureOf(problem('HUB-207', `Nothing compares ${unknown.join(', ')}.`));
  const written = writeRelease(folder, set);
  if (!written.ok) throw failureOf(written.problem);
  const { artefacts, apis } = set;
  if (terminal.json)
    terminal.out(JSON.stringify({ release: version, day, apis: apis.size, artefacts: artefacts.length }));
  else
    terminal.out(
      terminal.language === 'nb'
        ? `Utgivelse ${version} (${day}): ${artefacts.length} beskrivelser av ${apis.size} API-er.`
        : `Release ${version} (${day}): ${artefacts.length} descriptions of ${apis.size} APIs.`,
    );
  return exitCodes.ok;
};

const madeIn = (folder: string): readonly Release[] =>
  keptReleases(folder).map((version) => {
    const read = readRelease(folder, version);
    if (!read.ok) throw failureOf(read.problem);
    return { version, at: startOfDay(read.value.day) };
  });
