// `bindeledd catalogue calendar`: main versions of the catalogue, and when something that is announced at a moment may take effect. Needs no hub and no data directory.
import { formatInstant } from '#base/clock.ts';
import {
  announceBefore,
  earliest,
  lastSecondOf,
  norwegianTime,
  releaseAfter,
  releaseInForce,
  type CalendarRelease,
} from '#catalogue/calendar.ts';
import { writeCatalogueCalendar } from '#catalogue/calendar-ics.ts';
import { policyIds, type Catalogue, type PolicyId } from '#catalogue/catalogue.ts';
import type { ChangeRules } from '#catalogue/change-log.ts';
import type { ChangeKind } from '#catalogue/contract.ts';
import { policies } from '#catalogue/policies.ts';
import type { ContractMark } from '#model/model.ts';
import { renderTable } from './command.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { CommandFailure, type Terminal } from './terminal.ts';

export type CalendarAsked = {
  /** A day, of which the end counts, or a moment with its zone; null = now. */
  readonly announced: string | null;
  readonly ics: boolean;
  readonly now: number;
};

/** Prints the calendar, or writes it as iCalendar. Fails with exit code 2 where the moment is none. */
export const runCatalogueCalendar = (terminal: Terminal, catalogue: Catalogue, asked: CalendarAsked): ExitCode => {
  const announcedAt = asked.announced === null ? asked.now : momentOf(asked.announced);
  const { releases } = catalogue;
  const shown = releasesUntil(catalogue, announcedAt);
  if (asked.ics) {
    const calendar = writeCatalogueCalendar({
      name: catalogue.name,
      releases: shown,
      changes: catalogue.changes,
      rules: rulesOf(catalogue),
      language: terminal.language,
    });
    // The terminal ends the last line.
    terminal.out(calendar.replace(/\n$/, ''));
    return exitCodes.ok;
  }
  const current = releaseInForce(releases, asked.now)?.version ?? null;
  const dates = rows.map(({ contract, kind }) => ({
    contract,
    kind,
    at: Object.fromEntries(
      policyIds.map((id) => [id, earliest({ announcedAt, contract, kind, policy: policies[id], releases })]),
    ) as Readonly<Record<PolicyId, number>>,
  }));
  if (terminal.json) {
    const json = {
      current,
      releases: shown.map(({ version, at, dated }) => ({
        version,
        at: formatInstant(at),
        dated,
        announceBefore: instantOr(announceBefore(releases, version)),
      })),
      announced: formatInstant(announcedAt),
      earliest: dates.flatMap(({ contract, kind, at }) =>
        policyIds.map((policy) => ({ policy, contract, kind, at: formatInstant(at[policy]) })),
      ),
    };
    terminal.out(JSON.stringify(json, null, 2));
    return exitCodes.ok;
  }
  const say = (nb: string, en: string): string => (terminal.language === 'nb' ? nb : en);
  terminal.out(
    renderTable(
      [say('VERSJON', 'VERSION'), say('KOMMER', 'COMES'), say('VARSLES FØR', 'ANNOUNCE BEFORE'), ''],
      shown.map(({ version, at, dated }) => [
        String(version),
        norwegianTime(at),
        version === 0 ? '-' : timeOr(announceBefore(releases, version)),
        version === current
          ? say('gjelder nå', 'in force')
          : dated
            ? ''
            : say('tidligst; dagen er ikke satt', 'at the earliest; no day is set'),
      ]),
      '-',
    ),
  );
  terminal.out('');
  terminal.out(
    say(
      `Det som varsles ${norwegianTime(announcedAt)}, kan tidligst endres (norsk tid):`,
      `What is announced on ${norwegianTime(announcedAt)} may change at the earliest (Norwegian time):`,
    ),
  );
  terminal.out(
    renderTable(
      [say('KONTRAKT', 'CONTRACT'), say('ENDRING', 'CHANGE'), ...policyIds.map((id) => id.toUpperCase())],
      dates.map(({ contract, kind, at }) => [contract, kind, ...policyIds.map((id) => norwegianTime(at[id]))]),
      '-',
    ),
  );
  return exitCodes.ok;
};

/** What can be announced; what is compatible takes no notice anywhere. */
const rows: readonly { readonly contract: ContractMark; readonly kind: ChangeKind }[] = [
  { contract: 'production', kind: 'breaking' },
  { contract: 'production', kind: 'dangerous' },
  { contract: 'beta', kind: 'breaking' },
  { contract: 'experimental', kind: 'breaking' },
];

/** Those with a day, and the two that what is announced waits for. */
const releasesUntil = ({ releases }: Catalogue, announcedAt: number): readonly CalendarRelease[] => {
  const next = releaseAfter(releases, announcedAt);
  const second = releaseAfter(releases, next.at);
  return [...releases.map((release) => ({ ...release, dated: true })), ...[next, second].filter(({ dated }) => !dated)];
};

/** The rules of the catalogue, where nothing is known of single parts. */
const rulesOf = ({ releases, apis }: Catalogue): ChangeRules => ({
  releases,
  policyOf: (api) => policies[apis.get(api)?.policy ?? 'sikt'],
  statusOf: (api) => apis.get(api)?.status ?? 'production',
});

// This century and the next.
const form = /^(2[01]\d{2}-\d{2}-\d{2})(?:T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2}))?$/;

const momentOf = (text: string): number => {
  const day = form.exec(text)?.[1] ?? '';
  const at = Date.parse(text);
  // 2027-02-30 would be read as a day of March.
  const isDay = !Number.isNaN(Date.parse(day)) && new Date(Date.parse(day)).toISOString().startsWith(day);
  if (isDay && !Number.isNaN(at)) return text === day ? lastSecondOf(day) : at;
  throw new CommandFailure(exitCodes.usage, `${text} is no day and no moment.`, {
    hint: 'Write 2027-03-30, or 2027-03-30T23:59:59+02:00.',
  });
};

const instantOr = (at: number | null): string | null => (at === null ? null : formatInstant(at));

const timeOr = (at: number | null): string => (at === null ? '-' : norwegianTime(at));
