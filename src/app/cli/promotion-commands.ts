// `bindeledd catalogue promote …`: parts of an API are asked to be promised more firmly, confirmed by institutions and decided, through the admin API. Called by
// catalogue-commands.ts.
import type { Command } from 'commander';
import { ok, type Result } from '#base/result.ts';
import { askAll, askOne, type AdminDoor } from './admin-door.ts';
import { addCommand, flagText, speaker, type Frame } from './command-frame.ts';
import { renderTable, type CommandOutput } from './command.ts';
import { administers, flagList } from './through-door.ts';

type ShownPromotion = {
  readonly id: string;
  readonly api: string;
  readonly coordinates: readonly string[];
  readonly to: string;
  readonly applicant: string;
  readonly state: string;
  readonly checks: readonly {
    readonly id: string;
    readonly holds: boolean;
    readonly needed: { readonly nb: string; readonly en: string };
    readonly found: { readonly nb: string; readonly en: string };
  }[];
};

const shown =
  (language: 'nb' | 'en') =>
  (one: ShownPromotion): CommandOutput<ShownPromotion> => ({
    text: [
      `${one.id}: ${one.api} to ${one.to}, ${one.state}`,
      ...one.coordinates.map((coordinate) => `  ${coordinate}`),
      renderTable(
        ['CONDITION', 'HOLDS', 'NEEDED', 'FOUND'],
        one.checks.map(({ id, holds, needed, found }) => [id, holds ? 'yes' : 'no', needed[language], found[language]]),
        'There are no conditions.',
      ),
    ].join('\n'),
    json: one,
  });

const at = (id: string, what: string): string => `/${encodeURIComponent(id)}/${what}`;

/** Adds `catalogue promote`. */
export const addPromotionCommands = (catalogue: Command, frame: Frame): void => {
  const say = speaker(frame);
  const told = shown(frame.language);
  const post = async (door: AdminDoor, path: string, body: object): Promise<Result<CommandOutput<ShownPromotion>>> => {
    const made = await askOne<ShownPromotion>(door, 'POST', `/admin/promotions${path}`, body);
    return made.ok ? ok(told(made.value)) : made;
  };
  const promote = addCommand(
    catalogue,
    frame,
    'promote',
    { nb: 'Løft det som loves: be om det, bekreft, avgjør', en: 'Raise what is promised: ask, confirm, decide' },
    ['bindeledd catalogue promote list'],
    null,
  );
  administers(
    promote,
    frame,
    'ask',
    {
      nb: 'Be om at deler loves fastere; det de bygger på, følger med',
      en: 'Ask for parts to be promised more firmly; what they lean on comes with them',
    },
    [
      "bindeledd catalogue promote ask --api fs-graphql --part Query.emner --to production --need 'Course pages' --use 'All courses, every night' --institution 'Fjordheim university' --dry-run",
    ],
    (door, flags) =>
      post(door, '', {
        organisation: flagText(flags, 'org'),
        api: flagText(flags, 'api'),
        coordinates: flagList(flags, 'part'),
        to: flagText(flags, 'to'),
        need: flagText(flags, 'need'),
        use: flagText(flags, 'use'),
        institution: flagText(flags, 'institution'),
        dryRun: flags['dryRun'] === true,
        reason: flagText(flags, 'reason'),
      }),
  )
    .requiredOption('--api <id>', say('API-et', 'the API'))
    .option('--part <coordinate...>', say('delene; ellers hele API-et', 'the parts; otherwise all of the API'))
    .requiredOption('--to <beta|production>', say('løftet', 'the promise'))
    .option(
      '--org <id>',
      say('organisasjonen som ber; ellers din egen', 'the organisation that asks; your own otherwise'),
    )
    .requiredOption('--need <text>', say('behovet; vises for alle', 'the need; everybody sees it'))
    .requiredOption('--use <text>', say('bruken; vises for alle', 'the use; everybody sees it'))
    .requiredOption('--institution <name>', say('institusjonen som prøver', 'the institution that tries it'))
    .option(
      '--dry-run',
      say('bare vis hva som følger med, og vilkårene', 'only show what comes with it, and the conditions'),
    )
    .option('--reason <text>', say('begrunnelse; står i revisjonsloggen', 'why; stands in the audit'));
  administers(
    promote,
    frame,
    'list',
    { nb: 'Vis det som er bedt om', en: 'Show what was asked for' },
    ['bindeledd catalogue promote list --state asked'],
    async (door, flags) => {
      const found = await askAll<ShownPromotion>(door, '/admin/promotions', { state: flagText(flags, 'state') });
      if (!found.ok) return found;
      const rows = found.value.map(({ id, api, to, applicant, state, checks }) => [
        id,
        api,
        to,
        applicant,
        state,
        checks
          .filter(({ holds }) => !holds)
          .map((one) => one.id)
          .join(', '),
      ]);
      return ok({
        text: renderTable(['ID', 'API', 'TO', 'ASKED BY', 'STATE', 'DOES NOT HOLD'], rows, 'Nothing was asked for.'),
        json: found.value,
      });
    },
  ).option('--state <asked|approved|refused>', say('bare i denne tilstanden', 'only those in this state'));
  administers(
    promote,
    frame,
    'confirm <id>',
    { nb: 'Bekreft at institusjonen har prøvd det', en: 'Confirm that the institution has tried it' },
    ["bindeledd catalogue promote confirm promotion-1f5b4c568a2b3f4e --text 'Used since August'"],
    (door, flags, [id = '']) =>
      post(door, at(id, 'confirm'), { organisation: flagText(flags, 'org'), text: flagText(flags, 'text') }),
  )
    .requiredOption('--text <text>', say('hva som er prøvd; vises for alle', 'what was tried; everybody sees it'))
    .option('--org <id>', say('institusjonen; ellers din egen', 'the institution; your own otherwise'));
  for (const [name, nb, en] of [
    ['approve', 'Godkjenn; alle vilkår må være oppfylt', 'Approve; every condition has to hold'],
    ['refuse', 'Avslå', 'Refuse'],
  ] as const)
    administers(
      promote,
      frame,
      `${name} <id>`,
      { nb, en },
      [
        `bindeledd catalogue promote ${name} promotion-1f5b4c568a2b3f4e --why-nb 'Prøvd i to år' --why-en 'Tried for two years'`,
      ],
      (door, flags, [id = '']) =>
        post(door, at(id, name), {
          reasons: { nb: flagText(flags, 'whyNb') ?? '', en: flagText(flags, 'whyEn') ?? '' },
        }),
    )
      .requiredOption(
        '--why-nb <text>',
        say('begrunnelsen på bokmål; vises for alle', 'the reasons in bokmål; everybody sees them'),
      )
      .requiredOption(
        '--why-en <text>',
        say('begrunnelsen på engelsk; vises for alle', 'the reasons in English; everybody sees them'),
      );
};
