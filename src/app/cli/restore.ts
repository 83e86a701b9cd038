// `bindeledd restore`: puts a copy back, with no hub running on the directory. Says what was kept of what was there.
import { systemClock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import { systemRandom } from '#base/random.ts';
import { putBack } from '#store/sqlite/restore.ts';
import type { Restored } from '#store/sqlite/restore.ts';
import { toStderr } from './backup.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { createProgress } from './progress.ts';
import { CommandFailure, columns, type Terminal } from './terminal.ts';

/** Puts the copy in `from` back as the data directory `to`. Throws HubError when something stands in the way. */
export const runRestore = async (
  terminal: Terminal,
  from: string,
  to: string,
  moveAside: boolean,
): Promise<ExitCode> => {
  const nb = terminal.language === 'nb';
  const progress = createProgress(terminal, systemClock, nb ? 'Byte kontrollert' : 'Bytes checked', toStderr);
  const restored = await putBack({
    from,
    to,
    clock: systemClock,
    random: systemRandom,
    told: progress.update,
    moveAside,
  }).catch((error: unknown) => {
    if (!(error instanceof HubError) || error.problem.code !== 'HUB-409') throw error;
    throw new CommandFailure(exitCodes.conflict, error.problem.detail, {
      code: 'HUB-409',
      hint: nb
        ? 'Velg en tom mappe, eller flytt det som er der, med --move-aside.'
        : 'Choose an empty directory, or have what is there moved with --move-aside.',
    });
  });
  progress.finish();
  if (terminal.json) {
    const { manifest, ...rest } = restored;
    terminal.out(JSON.stringify({ folder: to, backedUpAt: manifest.begunAt, ...rest }, null, 2));
  } else print(terminal, restored, nb);
  return exitCodes.ok;
};

const print = (terminal: Terminal, { organisations, movedTo }: Restored, nb: boolean): void => {
  const kept = (is: boolean): string => (is ? (nb ? 'beholdt' : 'kept') : nb ? 'fra kopien' : 'from the copy');
  const headings = nb
    ? ['ORGANISASJON', 'POSISJON', 'SLETTELOGG', 'REVISJONSLOGG']
    : ['ORGANISATION', 'POSITION', 'ERASURES', 'AUDIT'];
  const rows = organisations.map(({ id, position, ledgerKept, auditKept }) => [
    id,
    String(position),
    kept(ledgerKept),
    kept(auditKept),
  ]);
  for (const line of columns([headings, ...rows])) terminal.out(line);
  if (movedTo !== null)
    terminal.say(nb ? `Det som var der, ligger nå i ${movedTo}.` : `What was there is now in ${movedTo}.`);
  terminal.say(
    nb
      ? 'Klienter som følger endringer etter posisjonen, blir bedt om å begynne på nytt.'
      : 'Clients that follow changes beyond the position will be asked to begin anew.',
  );
};
