// `bindeledd quality`: how well the data of an organisation hang together, from where the data are, beside running hubs. Reads
// what the hub has found and examines nothing itself. Shows no value, no name and no national id.
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import type { Settings } from '#config/settings.ts';
import { createTokens } from '#hub/tokens.ts';
import { createQuality } from '#quality/create-quality.ts';
import type { Quality, QualityPart, QualityQuery, QualitySample, QualitySummary } from '#quality/quality.ts';
import { renderTable } from './command.ts';
import { remoteDoor } from './admin-door.ts';
import { openDataPlace } from './data-place.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import type { HubClient } from './hub-client.ts';
import { loadFolders } from './models.ts';
import { namedOrganisation } from './named-organisation.ts';
import { remoteQuality } from './remote-quality.ts';
import { CommandFailure, failureOf, type Terminal } from './terminal.ts';

export type QualityFormat = 'table' | 'json' | 'csv' | 'ndjson';

export type QualityArgs = {
  readonly organisation: string;
  readonly part: string | null;
  readonly collection: string | null;
  readonly format: string;
  readonly samples: boolean;
  readonly trend: boolean;
  /** A share, as 0.95 or 95%; null = any score will do. */
  readonly failUnder: string | null;
};

const formats: readonly QualityFormat[] = ['table', 'json', 'csv', 'ndjson'];
const isFormat = (text: string): text is QualityFormat => formats.some((one) => one === text);
const isPart = (text: string): text is QualityPart => text === 'links' || text === 'rules';

const wrong = (message: string): CommandFailure => new CommandFailure(exitCodes.usage, message);

const readShare = (text: string): number => {
  const [, digits, percent] = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(text) ?? [];
  const share = digits === undefined ? 2 : Number(digits) / (percent === '%' ? 100 : 1);
  if (share > 1) throw wrong(`--fail-under ${text} is no share, as 0.95 or 95%.`);
  return share;
};

/** Prints the report; gives exit code 7 when the score is below the share that was asked for, or nothing has been examined then. */
export const runQuality = async (
  terminal: Terminal,
  { settings, client }: { readonly settings: Settings; readonly client: HubClient | null },
  args: QualityArgs,
): Promise<ExitCode> => {
  const { part, format } = args;
  if (part !== null && !isPart(part)) throw wrong(`There is no part ${part}: links or rules.`);
  if (!isFormat(format)) throw wrong(`There is no format ${format}: ${formats.join(', ')}.`);
  const least = args.failUnder === null ? null : readShare(args.failUnder);
  const model = loadFolders(settings.model);
  if (!model.ok) throw failureOf(model.problem);
  if (args.collection !== null && !model.value.collections.has(args.collection))
    throw new CommandFailure(exitCodes.notFound, `The model has no collection ${args.collection}.`);
  const query: QualityQuery = {
    ...(args.collection === null ? {} : { collection: args.collection }),
    ...(part === null ? {} : { part }),
  };
  const wanted = { ...args, format, least };
  if (client !== null) return report(terminal, remoteQuality(remoteDoor(client)), args.organisation, query, wanted);
  const place = await openDataPlace(settings);
  try {
    const { platform } = place;
    const found = await namedOrganisation(platform, args.organisation);
    if (!found.ok) throw failureOf(found.problem);
    const tokens = await createTokens(platform, systemRandom);
    const quality = createQuality({
      model: model.value,
      rules: new Map(),
      clock: systemClock,
      opaque: tokens.uid,
      pseudonym: tokens.pseudonym,
      open: place.quality,
    });
    try {
      return await report(terminal, quality, found.value.id, query, wanted);
    } finally {
      await quality.close();
    }
  } finally {
    await place.close();
  }
};

type Wanted = Omit<QualityArgs, 'format'> & { readonly format: QualityFormat; readonly least: number | null };

const report = async (
  terminal: Terminal,
  quality: Quality,
  organisation: string,
  query: QualityQuery,
  { format, samples, trend, least }: Wanted,
): Promise<ExitCode> => {
  const summary = await quality.summary(organisation, query);
  const what = samples ? 'samples' : trend ? 'trend' : 'summary';
  if (terminal.json || format === 'json') {
    const more = samples
      ? { samples: await quality.samples(organisation, query) }
      : trend
        ? { trend: await quality.trend(organisation, query) }
        : {};
    terminal.out(JSON.stringify({ ...summary, ...more }, null, 2));
  } else if (format !== 'table') {
    const text = await quality.text(organisation, what, format, query);
    if (text !== '') terminal.out(text.replace(/\r?\n$/, ''));
  } else {
    terminal.out(summaryTable(terminal, summary));
    if (samples) terminal.out(`\n${samplesTable(terminal, await quality.samples(organisation, query))}`);
    if (trend) {
      const rows = (await quality.trend(organisation, query)).map((row) => [
        row.day,
        row.collection,
        row.rule === '' ? '*' : row.rule,
        String(row.count),
      ]);
      terminal.out(`\n${renderTable(['DAY', 'COLLECTION', 'RULE', 'COUNT'], rows, '-')}`);
    }
  }
  sayState(terminal, summary);
  return verdict(terminal, summary, least);
};

const percent = (score: number | null): string => (score === null ? '-' : `${(score * 100).toFixed(2)} %`);

const summaryTable = ({ language }: Terminal, { lines, collections, score }: QualitySummary): string => {
  const nb = language === 'nb';
  const scores = renderTable(
    ['COLLECTION', 'SCORE', 'RESOURCES', 'WITH-FINDINGS'],
    collections
      .filter((one) => one.flawed > 0)
      .map((one) => [one.collection, percent(one.score), String(one.examined), String(one.flawed)]),
    nb ? 'Ingen funn.' : 'Nothing was found.',
  );
  const total = nb
    ? `${percent(score.score)} av ${score.examined} ressurser er uten funn.`
    : `${percent(score.score)} of ${score.examined} resources are without findings.`;
  if (lines.length === 0) return `${scores}\n\n${total}`;
  const table = renderTable(
    ['COLLECTION', 'SOURCE', 'RULE', 'PLACE', 'RESOURCES', 'COUNT', 'EXPLANATION'],
    lines.map((line) => [
      line.collection,
      line.source,
      line.detail === '' ? line.rule : `${line.rule} (${line.detail})`,
      line.place,
      String(line.resources),
      String(line.count),
      line.explanation[language],
    ]),
    '',
  );
  return `${scores}\n\n${table}\n\n${total}`;
};

const samplesTable = ({ language }: Terminal, samples: readonly QualitySample[]): string =>
  renderTable(
    ['COLLECTION', 'RULE', 'PLACE', 'RESOURCE', 'SUBJECT', 'SELF'],
    samples.map((one) => [one.collection, one.rule, one.place, one.resource, one.subject, one.self ?? '-']),
    language === 'nb' ? 'Ingen eksempler.' : 'No samples.',
  );

const sayState = (terminal: Terminal, { examined, backlog }: QualitySummary): void => {
  const nb = terminal.language === 'nb';
  if (!examined)
    terminal.say(
      nb
        ? 'Ingenting er undersøkt ennå: er tjenesten i gang, og qualityIntervalSeconds ikke 0?'
        : 'Nothing has been examined yet: is the hub running, and qualityIntervalSeconds not 0?',
    );
  else if (!backlog.complete) {
    const waiting = `${backlog.changes} + ${backlog.resources}`;
    terminal.say(
      nb
        ? `Undersøkelsen er ikke à jour: ${waiting} ressurser og ${backlog.collections.length} samlinger gjenstår.`
        : `The examination is not up to date: ${waiting} resources and ${backlog.collections.length} collections are left.`,
    );
  }
};

const verdict = (terminal: Terminal, { score, examined }: QualitySummary, least: number | null): ExitCode => {
  if (least === null || (examined && (score.score ?? 1) >= least)) return exitCodes.ok;
  terminal.fail(
    terminal.language === 'nb'
      ? `Kvaliteten ${percent(score.score)} er under ${percent(least)}.`
      : `The quality ${percent(score.score)} is below ${percent(least)}.`,
  );
  return exitCodes.quality;
};
