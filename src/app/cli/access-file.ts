// `bindeledd access export|import`: what an owner has given as a YAML file, and a file made so: what is missing is given, what differs is changed, and, when
// asked, what the file does not have is ended. Through the admin API, whose rules hold for every single act.
import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'yaml';
import { problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { askOne, chosenOrganisation, isShown, type AdminDoor, type Method, type Shown } from './admin-door.ts';
import type { CommandOutput } from './command.ts';

/** A file as the hub gives it. */
type AccessFile = {
  readonly organisation: string;
  readonly agreements: readonly Shown[];
  readonly grants: readonly Shown[];
  readonly links: readonly Shown[];
};

/** Something that would make the hub as the file is. */
export type ImportAct = {
  readonly what: 'agreement' | 'grant' | 'link';
  readonly act: 'give' | 'change' | 'end';
  /** How it is told of. */
  readonly about: string;
  readonly method: Method;
  readonly path: string;
  readonly body: object;
};

const address = (organisation: string): string =>
  `/admin/organisations/${encodeURIComponent(organisation)}/access/export`;

/** What an owner has given, as YAML. Fails with HUB-204 for an organisation that the caller does not administer. */
export const exportAccess = async (
  door: AdminDoor,
  named: string | undefined,
): Promise<Result<CommandOutput<AccessFile>>> => {
  const organisation = await chosenOrganisation(door, named);
  if (!organisation.ok) return organisation;
  const given = await askOne<AccessFile>(door, 'GET', address(organisation.value));
  if (!given.ok) return given;
  return ok({ text: stringify(given.value, { lineWidth: 0 }).trimEnd(), json: given.value });
};

const bad = (message: string) => failed(problem('HUB-100', message));
const lists = ['agreements', 'grants', 'links'] as const;

/** Reads a file. Fails with HUB-100 for what is none; aliases are refused, since a short text can stand for an endless one. */
export const readAccessFile = (text: string): Result<AccessFile> => {
  let read: unknown;
  try {
    read = parse(text, { maxAliasCount: 0, logLevel: 'error' });
  } catch (error) {
    return bad(`The file is no YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}`);
  }
  if (!isShown(read) || typeof read['organisation'] !== 'string')
    return bad('The file does not say whose access it is: organisation.');
  const found: Record<string, readonly Shown[]> = {};
  for (const name of lists) {
    const list = read[name] ?? [];
    if (!Array.isArray(list) || !list.every(isShown)) return bad(`${name} of the file is no list of objects.`);
    found[name] = list;
  }
  const { agreements = [], grants = [], links = [] } = found;
  return ok({ organisation: read['organisation'], agreements, grants, links });
};

const without = (value: Shown, names: readonly string[]): Shown =>
  Object.fromEntries(Object.entries(value).filter(([name, member]) => !names.includes(name) && member !== null));

/** The one of `there` that a line of the file is about: by its id, else one that says the same, else (where it is told by) one of the same. */
const fellow = (line: Shown, there: readonly Shown[], by: readonly string[]): Shown | undefined =>
  there.find(({ id }) => id !== undefined && id === line['id']) ??
  there.find((one) => isDeepStrictEqual(without(one, ['id']), without(line, ['id']))) ??
  (by.length === 0 ? undefined : there.find((one) => by.every((name) => one[name] === line[name])));

const told = (line: Shown): string =>
  ['id', 'application', 'processor', 'reference']
    .flatMap((name) => (typeof line[name] === 'string' ? [line[name]] : []))
    .join(' ');

type Kind = {
  readonly what: ImportAct['what'];
  readonly list: (typeof lists)[number];
  /** Members by which a line is about the same as another that says something else; [] = ids alone say so. */
  readonly by: readonly string[];
  /** What a line that leaves it out says; null for what cannot be changed. */
  readonly usual: Shown | null;
  readonly end: { readonly method: Method; readonly suffix: string };
};

/** In the order in which they can be given: agreements first, since the others rest on them. */
const kinds: readonly Kind[] = [
  {
    what: 'agreement',
    list: 'agreements',
    by: ['processor', 'reference'],
    usual: null,
    end: { method: 'POST', suffix: '/end' },
  },
  {
    what: 'grant',
    list: 'grants',
    by: [],
    usual: { fields: null, withhold: [], rows: null, clearance: 0, from: null, to: null, agreement: null },
    end: { method: 'POST', suffix: '/end' },
  },
  {
    what: 'link',
    list: 'links',
    by: ['application'],
    usual: { schools: null, clearance: 0, quota: null },
    end: { method: 'DELETE', suffix: '' },
  },
];

const actOf = (kind: Kind, act: ImportAct['act'], line: Shown, same: Shown | undefined, body: object): ImportAct => {
  const collection = `/admin/${kind.list}`;
  const one = `${collection}/${encodeURIComponent(String(same?.['id']))}`;
  const way = {
    give: { method: 'POST', path: collection },
    change: { method: 'PATCH', path: one },
    end: { method: kind.end.method, path: `${one}${kind.end.suffix}` },
  } as const;
  return { what: kind.what, act, about: told(line), ...way[act], body };
};

/** What has to be done so that what is there becomes as the file says. Ends nothing unless `prune`. Fails with HUB-409 where an agreement differs. */
export const planImport = (
  file: AccessFile,
  there: AccessFile,
  { prune, reason }: { readonly prune: boolean; readonly reason: string | undefined },
): Result<readonly ImportAct[]> => {
  const acts: ImportAct[] = [];
  const ends: ImportAct[] = [];
  for (const kind of kinds) {
    const kept = new Set<Shown>();
    for (const line of file[kind.list]) {
      const same = fellow(line, there[kind.list], kind.by);
      const says = without(line, ['id']);
      if (same === undefined) {
        acts.push(actOf(kind, 'give', line, same, { ...says, organisation: there.organisation, reason }));
        continue;
      }
      kept.add(same);
      if (isDeepStrictEqual(without(same, ['id']), says)) continue;
      if (kind.usual === null)
        return failed(
          problem('HUB-409', `The ${kind.what} ${told(same)} differs: end it, and it can be registered anew.`),
        );
      const body = { ...kind.usual, ...without(says, ['application']), reason };
      acts.push(actOf(kind, 'change', line, same, body));
    }
    for (const line of there[kind.list]) if (!kept.has(line)) ends.unshift(actOf(kind, 'end', line, line, { reason }));
  }
  return ok(prune ? [...acts, ...ends] : acts);
};

export type ImportArgs = {
  readonly text: string;
  readonly prune: boolean;
  readonly dryRun: boolean;
  readonly reason?: string | undefined;
};

type Imported = { readonly done: readonly ImportAct[]; readonly dryRun: boolean };

/**
 * Makes what an owner has given as a file says, one act after the other. The first that is refused ends it: what was done before stays, and the same file
 * goes on from there. Fails with HUB-100 for what is no file, and as the admin API does.
 */
export const importAccess = async (
  door: AdminDoor,
  { text, prune, dryRun, reason }: ImportArgs,
): Promise<Result<CommandOutput<Imported>>> => {
  const file = readAccessFile(text);
  if (!file.ok) return file;
  const there = await askOne<AccessFile>(door, 'GET', address(file.value.organisation));
  if (!there.ok) return there;
  const acts = planImport(file.value, there.value, { prune, reason });
  if (!acts.ok) return acts;
  const done: ImportAct[] = [];
  if (!dryRun)
    for (const act of acts.value) {
      const answer = await door.ask(act.method, act.path, act.body);
      if (!answer.ok) {
        const before =
          done.length === 0
            ? 'Nothing was done before it'
            : `${done.length} of ${acts.value.length} were done before it`;
        return failed({ ...answer.problem, detail: `${act.what} ${act.about}: ${answer.problem.detail} ${before}.` });
      }
      done.push(act);
    }
  const lines = acts.value.map(({ what, act, about }) => `${act} ${what} ${about}`);
  const head = dryRun ? 'Nothing was done. It would' : 'Done:';
  const none = 'Everything is as the file says.';
  return ok({
    text: lines.length === 0 ? none : [head, ...lines].join('\n'),
    json: { done: acts.value, dryRun },
  });
};
