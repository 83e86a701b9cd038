// What a status says of a write that the tables have made, or have been refused: the same words for every service. Called by the services that write, and by
// FSWS-CRUD. Pure; never repeats a value.
import { problem, type ErrorCode, type Problem } from '#base/errors.ts';
import { withoutNationalIds } from '#base/national-id.ts';
import type { TableWritten } from '#tables/table.ts';
import type { Handled } from './service.ts';
import { toldAs, type Status, type StatusName } from './statuses.ts';
import { notThere } from './walked-rows.ts';

// Whoever sends thousands of wrong names need not be told all of them.
const namedAtMost = 10;

/** A status about columns or a table, by their names. */
export const about = (name: StatusName, ...names: readonly string[]): Status => {
  const listed = names.length > namedAtMost ? [...names.slice(0, namedAtMost), '…'] : names;
  // Names are the client's as long as nobody knows them.
  const text = withoutNationalIds(listed.join(', '));
  return { name, about: { nb: text, en: text } };
};

/** What a source has made of a write, with the words for one that gives none. */
const decisions: Readonly<
  Record<
    Extract<TableWritten, { readonly kind: 'rejected' }>['state'],
    { readonly name: StatusName; readonly code: ErrorCode; readonly words: string }
  >
> = {
  rejected: { name: 'rejected', code: 'HUB-415', words: 'The source system has not taken it.' },
  failed: { name: 'failed', code: 'HUB-415', words: 'The source system could not make the change.' },
  expired: { name: 'expired', code: 'HUB-106', words: 'The source system has not answered in time.' },
  conflict: { name: 'conflict', code: 'HUB-409', words: 'The source system found a conflict.' },
};

/** What became of a write. */
export const statusOfWritten = (written: TableWritten): Status => {
  switch (written.kind) {
    case 'written':
      return { name: 'ok' };
    case 'would-write':
      return { name: 'ok', about: { nb: 'prøvekjøring: ingenting er skrevet', en: 'dry run: nothing was written' } };
    case 'waiting':
      return { name: 'waiting', reference: written.id };
    case 'rejected':
      return {
        name: decisions[written.state].name,
        ...(written.message === '' ? {} : { about: { nb: written.message, en: written.message } }),
      };
    case 'missing':
      return { name: 'unwritten' };
    case 'refused':
      return statusOfRefusal(written.problem);
  }
};

/** The same as handlers of operations answer it. What may not be written and what is not seen are one answer. */
export const handledOfWrite = (written: TableWritten): Handled => {
  switch (written.kind) {
    case 'written':
    case 'would-write':
      return { kind: 'done', status: 'ok' };
    case 'waiting':
      return { kind: 'done', status: 'waiting', reference: written.id, retryAfter: written.retryAfter };
    case 'rejected': {
      const { name, code, words } = decisions[written.state];
      return {
        kind: 'problem',
        problem: toldAs(problem(code, written.message === '' ? words : written.message), name),
      };
    }
    case 'missing':
      return notThere;
    case 'refused': {
      const { name } = statusOfRefusal(written.problem);
      // A class that is closed to writes is told as that: there is no grant to ask for.
      if (written.problem.code === 'HUB-204') return notThere;
      return { kind: 'problem', problem: name === 'other' ? written.problem : toldAs(written.problem, name) };
    }
  }
};

/** What the engine says of a column, to what is said of it here. */
const sayings: ReadonlyMap<string, StatusName> = new Map([
  ['has to be given', 'missing'],
  ['is not to be written', 'readOnly'],
  ['cannot be changed', 'fixed'],
  ['there is nothing of this kind with this value', 'absent'],
  ['there is nothing of which this could be kept', 'absent'],
]);

/** What a refusal of the engine says. Of several columns the first says which words. */
export const statusOfRefusal = (value: Problem): Status => {
  const errors = (value.errors ?? []).map(({ at, message, code }) => ({ name: at.replace(/^\//, ''), message, code }));
  const names = new Set(errors.map(({ name }) => name).filter((name) => name !== '' && !name.startsWith('@')));
  const said = (name: StatusName): Status => (names.size === 0 ? { name } : about(name, ...names));
  const [first] = errors;
  // The grants let it be written, and not by these columns.
  const denied = errors.filter(({ code }) => code === 'HUB-614').map(({ name }) => name);
  if (denied.length > 0) return about('denied', ...new Set(denied));
  if (value.code === 'HUB-121') return said('slow');
  if (value.code === 'HUB-612' || first?.code === 'HUB-612') return said('taken');
  if (value.code === 'HUB-412') return said('conflict');
  if (value.code === 'HUB-204' || value.code === 'HUB-105') return said('unwritten');
  if (value.code === 'HUB-400' || value.code === 'HUB-403') return said('denied');
  if (value.code === 'HUB-107') return said('quota');
  if (first?.code === 'HUB-613') return said('missing');
  if (first !== undefined) return said(sayings.get(first.message) ?? 'value');
  return { name: 'other', about: { nb: value.detail, en: value.detail } };
};
