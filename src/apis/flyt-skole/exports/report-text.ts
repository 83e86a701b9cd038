// The report of an export as a page of text that people read, in Norwegian or English. Called by the operations and by the command line. Pure: it says
// what the report says, and nothing about anybody by name.
import { errorTable } from '#base/errors.ts';
import type { Text } from '#model/model.ts';
import { dropWords, exclusionWords, stateWords, stepWords, thingWords } from './codes.ts';
import type { Changes, ExportReport } from './ports.ts';

export type ReportLanguage = 'nb' | 'en';

const width = 72;
const exclusionsShown = 50;

const count = (value: number): string => String(value).replaceAll(/\B(?=(\d{3})+$)/g, ' ');

const zone = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Oslo',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** A moment as it is called in Norway. */
const moment = (instant: string): string => zone.format(Date.parse(instant));

const rows = (lines: readonly (readonly [string, string])[]): readonly string[] => {
  const widest = Math.max(0, ...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `  ${name.padEnd(widest)}  ${value}`.trimEnd());
};

type Say = (nb: string, en: string) => string;
type Section = readonly [title: string, lines: readonly string[]];

const headOf = (report: ExportReport, say: Say, word: (words: Text) => string): readonly string[] => {
  const { schools, progress, createdAt, startedAt, finishedAt, expiresAt, position, sha256, bytes, trigger } = report;
  const triggers: Readonly<Record<ExportReport['trigger'], string>> = {
    request: say('forespørsel', 'request'),
    stream: say('strøm', 'stream'),
    schedule: say('tidsplan', 'schedule'),
  };
  const steps =
    report.state === 'running'
      ? `, ${word(stepWords[progress.step])} ${count(progress.done)}${progress.total === null ? '' : `/${count(progress.total)}`}`
      : '';
  return rows([
    [say('Kjøring', 'Run'), report.id],
    [say('Mottaker', 'Application'), report.application],
    [say('Profil', 'Profile'), `${report.profile} (${report.format})`],
    [say('Type', 'Type'), report.type],
    [say('År', 'School year'), report.schoolYear],
    [say('Skoler', 'Schools'), schools === null ? say('alle', 'all') : schools.join(', ')],
    [say('Tilstand', 'State'), `${word(stateWords[report.state])}${steps}`],
    [say('Bedt om ved', 'Asked for by'), triggers[trigger]],
    [say('Bedt om', 'Asked for'), moment(createdAt)],
    ...(startedAt === null ? [] : [[say('Begynt', 'Begun'), moment(startedAt)] as const]),
    ...(finishedAt === null ? [] : [[say('Ferdig', 'Finished'), moment(finishedAt)] as const]),
    [say('Beholdes til', 'Kept until'), moment(expiresAt)],
    ...(position === null ? [] : [[say('Posisjon', 'Position'), position] as const]),
    [say('Fil', 'File'), `${report.fileName}${bytes === null ? '' : `, ${count(bytes)} ${say('byte', 'bytes')}`}`],
    ...(sha256 === null ? [] : [['SHA-256', sha256] as const]),
  ]);
};

const reasonOf = (
  { reason, confirmedBy }: ExportReport,
  say: Say,
  word: (words: Text) => string,
): readonly string[] => [
  ...(reason === null
    ? []
    : [
        `  ${reason.code} ${word(errorTable[reason.code])}`,
        `  ${reason.detail}`,
        ...(reason.errors ?? []).map(({ at, message }) => `  - ${at}: ${message}`),
      ]),
  ...(confirmedBy === null ? [] : [`  ${say('Bekreftet av', 'Confirmed by')} ${confirmedBy}`]),
];

const exportedOf = ({ exported }: ExportReport, say: Say): readonly string[] =>
  exported === null
    ? []
    : rows([
        [say('Personer', 'Persons'), count(exported.persons)],
        [`  ${say('elever', 'pupils')}`, count(exported.pupils)],
        [`  ${say('ansatte', 'employees')}`, count(exported.employees)],
        [`  ${say('foresatte', 'guardians')}`, count(exported.guardians)],
        [say('Skoler', 'Schools'), count(exported.schools)],
        [say('Grupper', 'Groups'), count(exported.groups)],
        [say('Medlemskap', 'Memberships'), count(exported.memberships)],
      ]);

const excludedOf = (
  { excluded: { counts, list } }: ExportReport,
  say: Say,
  word: (words: Text) => string,
): readonly string[] => {
  if (counts.length === 0) return [`  ${say('Ingenting.', 'Nothing.')}`];
  const total = counts.reduce((sum, one) => sum + one.count, 0);
  const shown = list.slice(0, exclusionsShown);
  const more = total - shown.length;
  return [
    ...counts.map(
      (one) =>
        `  ${count(one.count).padStart(9)} ${word(thingWords[one.what])}: ${word(exclusionWords[one.code])} [${one.code}]`,
    ),
    ...(shown.length === 0 ? [] : ['', ...shown.map(({ what, id, code }) => `  ${what} ${id} [${code}]`)]),
    ...(more > 0 && shown.length > 0
      ? [
          `  ${say(`… og ${count(more)} til; JSON-rapporten har flere.`, `… and ${count(more)} more; the report as JSON holds more.`)}`,
        ]
      : []),
  ];
};

const droppedOf = ({ dropped }: ExportReport, say: Say, word: (words: Text) => string): readonly string[] =>
  dropped.length === 0
    ? [`  ${say('Ingen.', 'None.')}`]
    : dropped.map(
        (one) =>
          `  ${count(one.count).padStart(9)} ${one.field}${one.value === '' ? '' : ` = ${one.value}`}: ${word(dropWords[one.code])} [${one.code}]`,
      );

const changesOf = ({ changes }: ExportReport, say: Say): readonly string[] => {
  if (changes === null)
    return [`  ${say('Ingen tidligere kjøring å sammenligne med.', 'There is no earlier run to compare with.')}`];
  const line = ({ added, updated, removed }: Changes): string =>
    `${count(added)} ${say('nye', 'new')}, ${count(updated)} ${say('endret', 'changed')}, ${count(removed)} ${say('borte', 'gone')}`;
  return rows([
    [say('Personer', 'Persons'), line(changes.persons)],
    [say('Grupper', 'Groups'), line(changes.groups)],
    [say('Medlemskap', 'Memberships'), line(changes.memberships)],
  ]);
};

const checkOf = ({ check }: ExportReport, say: Say): readonly string[] => {
  const schemas = {
    valid: say('gyldig', 'valid'),
    invalid: say('ugyldig', 'invalid'),
    unchecked: say('ikke kontrollert', 'not checked'),
  };
  const rules = {
    kept: say('overholdt', 'kept'),
    broken: say('brutt', 'broken'),
    unchecked: say('ikke kontrollert', 'not checked'),
  };
  const more = check.count - check.findings.length;
  return [
    ...rows([
      [say('Skjema', 'Schema'), schemas[check.schema]],
      [say('Regler', 'Rules'), rules[check.rules]],
    ]),
    ...check.findings.map(({ rule, at, message }) => `  - ${rule}${at === null ? '' : ` (${at})`}: ${message}`),
    ...(more > 0 ? [`  ${say(`… og ${count(more)} til.`, `… and ${count(more)} more.`)}`] : []),
  ];
};

const fetchedOf = ({ fetched }: ExportReport, say: Say): readonly string[] =>
  fetched.length === 0
    ? [`  ${say('Ingen.', 'Nobody.')}`]
    : fetched.map(
        ({ by, at, bytes, whole }) =>
          `  ${moment(at)}  ${by}, ${count(bytes)} ${say('byte', 'bytes')}${whole ? '' : ` (${say('en del', 'a part')})`}`,
      );

const deliveredOf = ({ delivered }: ExportReport, say: Say): readonly string[] =>
  delivered.map(
    ({ target, at, ok, message }) =>
      `  ${moment(at)}  ${target}: ${ok ? say('levert', 'delivered') : say('mislyktes', 'failed')}${message === null ? '' : `, ${message}`}`,
  );

/** The page, ending in a line feed. */
export const reportText = (report: ExportReport, language: ReportLanguage): string => {
  const say: Say = (nb, en) => (language === 'nb' ? nb : en);
  const word = (words: Text): string => words[language];
  const reasons = reasonOf(report, say, word);
  const exported = exportedOf(report, say);
  const deliveries = deliveredOf(report, say);
  const sections: readonly Section[] = [
    [say('Eksport', 'Export'), headOf(report, say, word)],
    ...(reasons.length === 0 ? [] : ([[say('Hvorfor', 'Why'), reasons]] as const)),
    ...(exported.length === 0 ? [] : ([[say('Eksportert', 'Exported'), exported]] as const)),
    [say('Ikke med', 'Left out'), excludedOf(report, say, word)],
    [say('Verdier som ikke fikk plass', 'Values that were dropped'), droppedOf(report, say, word)],
    [say('Endret siden forrige', 'Changed since the last one'), changesOf(report, say)],
    [say('Kontroll', 'Check'), checkOf(report, say)],
    [say('Hentet av', 'Fetched by'), fetchedOf(report, say)],
    ...(deliveries.length === 0 ? [] : ([[say('Levert', 'Delivered'), deliveries]] as const)),
  ];
  return `${sections.map(([title, lines]) => [title, '-'.repeat(Math.min(width, title.length)), ...lines].join('\n')).join('\n\n')}\n`;
};
