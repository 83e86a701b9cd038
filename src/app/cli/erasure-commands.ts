// `bindeledd erasure give|list|lift`: wires them to flags and asks the admin API through a door. Called by program.ts.
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { ok, type Result } from '#base/result.ts';
import type { Settings } from '#config/settings.ts';
import { askAll, askOne, chosenOrganisation, type AdminDoor, type Shown } from './admin-door.ts';
import { addCommand, flagText, speaker, type Flags, type Frame } from './command-frame.ts';
import { badParameters, cell, renderTable, type CommandOutput } from './command.ts';
import { CommandFailure } from './terminal.ts';
import { exitCodes } from './exit-codes.ts';
import { administers } from './through-door.ts';

const columns = ['id', 'at', 'identifiers', 'liftedAt', 'reason'] as const;

const shown = (erasures: readonly Shown[], json: unknown, none: string): Result<CommandOutput> => {
  const rows = erasures.map((one) => columns.map((name) => cell(one[name])));
  const heads = columns.map((name) => name.toUpperCase());
  return ok({ text: renderTable(heads, rows, none), json });
};

const placeOf = async (door: AdminDoor, flags: Flags): Promise<Result<string>> => {
  const chosen = await chosenOrganisation(door, flagText(flags, 'org'));
  return chosen.ok ? ok(`/admin/organisations/${encodeURIComponent(chosen.value)}/erasures`) : chosen;
};

/** Erases whom an identifier names. What is wrong with the identifier is told without it. */
const give = async (
  door: AdminDoor,
  flags: Flags,
  given: string,
  settings: Settings,
): Promise<Result<CommandOutput>> => {
  if (given === '-' && process.stdin.isTTY)
    throw new CommandFailure(exitCodes.usage, 'The identifier is read from stdin, and nothing comes from there.', {
      hint: 'bindeledd erasure give - < person.txt',
    });
  const text = (given === '-' ? await readAll(process.stdin) : given).trim();
  const [{ loadFolders }, { readPerson }] = await Promise.all([import('./models.ts'), import('./audit.ts')]);
  const model = loadFolders(settings.model);
  if (!model.ok) return model;
  const named = readPerson(text, model.value);
  if (named === null || named.collection === null)
    return badParameters([{ at: 'identifier', message: 'must be collection/field/value' }]);
  const place = await placeOf(door, flags);
  if (!place.ok) return place;
  const body = { ...named, about: flags['about'] === true, reason: flagText(flags, 'reason') };
  const made = await askOne(door, 'POST', place.value, body);
  return made.ok ? shown([made.value], made.value, '') : made;
};

const list = async (door: AdminDoor, flags: Flags, { language }: Frame): Promise<Result<CommandOutput>> => {
  const place = await placeOf(door, flags);
  if (!place.ok) return place;
  const all = await askAll(door, place.value);
  return all.ok
    ? shown(all.value, all.value, language === 'nb' ? 'Ingen er slettet.' : 'Nobody has been erased.')
    : all;
};

const lift = async (door: AdminDoor, flags: Flags, id: string): Promise<Result<CommandOutput>> => {
  const place = await placeOf(door, flags);
  if (!place.ok) return place;
  const body = { reason: flagText(flags, 'reason') };
  const lifted = await askOne(door, 'POST', `${place.value}/${encodeURIComponent(id)}/lift`, body);
  return lifted.ok ? shown([lifted.value], lifted.value, '') : lifted;
};

/** Adds `erasure`. */
export const addErasureCommands = (program: Command, frame: Frame): void => {
  const say = speaker(frame);
  const id = '0c1d8a52-6a5e-4b0e-9a43-6a1f0f2a7c11';
  const organisation = (command: Command): Command =>
    command.option('--org <id>', say('organisasjonen', 'the organisation'));
  const reasoned = (command: Command): Command =>
    organisation(command).requiredOption(
      '--reason <text>',
      say('begrunnelse; står i revisjonsloggen', 'why; stands in the audit'),
    );
  const erasure = addCommand(
    program,
    frame,
    'erasure',
    { nb: 'Personer som er slettet for godt', en: 'Persons who have been erased for good' },
    ['bindeledd erasure give - --about --reason "Case 12" < person.txt', 'bindeledd erasure list --org fjordheim.test'],
    null,
  );
  reasoned(
    administers(
      erasure,
      frame,
      'give <identifier>',
      {
        nb: 'Slett en person: samling/felt/verdi, eller - for å lese det fra stdin. Kan ikke angres',
        en: 'Erase a person: collection/field/value, or - to read it from stdin. Cannot be undone',
      },
      ['bindeledd erasure give - --about --reason "Case 12" --credentials admin.json < person.txt'],
      (door, flags, [given = ''], settings) => give(door, flags, given, settings),
    ),
  ).option('--about', say('også alt som handler om personen', 'also everything that is or was about the person'));
  organisation(
    administers(
      erasure,
      frame,
      'list',
      { nb: 'Slettingene, etter sak', en: 'The erasures, by case' },
      ['bindeledd erasure list --credentials admin.json'],
      (door, flags) => list(door, flags, frame),
    ),
  );
  reasoned(
    administers(
      erasure,
      frame,
      'lift <id>',
      {
        nb: 'Ta imot leveranser av den slettede igjen; ingenting kommer tilbake av seg selv',
        en: 'Take deliveries of the erased again; nothing comes back by itself',
      },
      [`bindeledd erasure lift ${id} --reason "Case 13" --credentials admin.json`],
      (door, flags, [given = '']) => lift(door, flags, given),
    ),
  );
};
