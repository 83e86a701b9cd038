// What is asked for, approved or passed on: packages with their narrowings, rows, clearance and period, read from bodies, held against each other, shown.
// Used by access-requests.ts and access-decisions.ts.
import { formatInstant } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import { nearest } from '#base/text.ts';
import type { AccessTerms } from '#catalogue/access/access-request.ts';
import { isWithin, type Narrowing, type PackageTerms } from '#catalogue/access/packages.ts';
import { isMembers, readBody, type Body } from './body.ts';
import { readClearance, readMoment, readRows } from './grant-rules.ts';
import type { AdminPorts } from './ports.ts';

export const termMembers = ['packages', 'rows', 'clearance', 'from', 'to'] as const;

export const blankTerms: AccessTerms = { packages: [], rows: null, clearance: 0, from: null, to: null };

const instantOrNull = (at: number | null): string | null => (at === null ? null : formatInstant(at));

/** Terms as they are shown; times as instants. */
export const showTerms = ({ from, to, ...terms }: AccessTerms): object => ({
  ...terms,
  from: instantOrNull(from),
  to: instantOrNull(to),
});

const unknown = (name: string, known: Iterable<string>): string => {
  const near = nearest(name, known);
  return near === null ? `there is no ${name}` : `there is no ${name}; is it ${near}?`;
};

const readNarrowings = (body: Body, id: string, at: string, { packages }: AdminPorts): readonly Narrowing[] => {
  const given = body.value('narrowed') ?? [];
  const { errors } = body;
  if (!Array.isArray(given) || given.length > limits.accessNarrowings) {
    errors.push({ at: `${at}/narrowed`, message: `must be a list of at most ${limits.accessNarrowings}` });
    return [];
  }
  const sight = packages.get(id)?.sight ?? [];
  return given.flatMap((one: unknown, index): readonly Narrowing[] => {
    const here = `${at}/narrowed/${index}`;
    if (!isMembers(one)) {
      errors.push({ at: here, message: 'must be collection, fields and why' });
      return [];
    }
    const members = readBody(one, ['collection', 'fields', 'why'], errors, here);
    const collection = members.text('collection', 200) ?? '';
    const fields = members.texts('fields') ?? [];
    const why = (members.text('why', 1_000) ?? '').trim();
    const shown = sight.find((each) => each.collection === collection);
    if (shown === undefined)
      errors.push({
        at: `${here}/collection`,
        message: unknown(
          collection,
          sight.map((each) => each.collection),
        ),
      });
    const names = shown?.fields.map(({ name }) => name) ?? [];
    for (const field of fields)
      if (shown !== undefined && !names.includes(field))
        errors.push({ at: `${here}/fields`, message: unknown(field, names) });
    return [{ collection, fields, why }];
  });
};

/** Packages as names, or as objects with narrowings. */
const readPackages = (body: Body, before: readonly PackageTerms[], ports: AdminPorts): readonly PackageTerms[] => {
  const given = body.value('packages');
  const { errors } = body;
  if (given === undefined) return before;
  const known = [...ports.packages.keys()];
  if (!Array.isArray(given) || given.length === 0 || given.length > limits.accessPackages) {
    errors.push({ at: '/packages', message: `must be a list of 1 to ${limits.accessPackages} of ${known.join(', ')}` });
    return before;
  }
  const read = given.map((item: unknown, index): PackageTerms => {
    const at = `/packages/${index}`;
    const members = readBody(isMembers(item) ? item : { package: item }, ['package', 'narrowed'], errors, at);
    const id = members.text('package', 200) ?? '';
    if (!ports.packages.has(id)) errors.push({ at, message: unknown(id, known) });
    // Named alone it is what it was before: an approval by name gives no more than was asked for.
    const as = before.find((one) => one.package === id);
    return as !== undefined && !members.given('narrowed')
      ? as
      : { package: id, narrowed: readNarrowings(members, id, at, ports) };
  });
  if (new Set(read.map((one) => one.package)).size < read.length)
    errors.push({ at: '/packages', message: 'names a package twice' });
  for (const [index, { narrowed }] of read.entries())
    if (new Set(narrowed.map(({ collection }) => collection)).size < narrowed.length)
      errors.push({ at: `/packages/${index}/narrowed`, message: 'names a collection twice' });
  return read;
};

/** Rows that reach nothing of a package would be an approval of nothing. */
const checkRows = (body: Body, { packages, rows }: AccessTerms, ports: AdminPorts): void => {
  const scope = rows === null ? undefined : ports.model.scopes.get(rows.scope);
  if (scope === undefined) return;
  for (const [index, one] of packages.entries()) {
    const parts = ports.packages.get(one.package)?.opens ?? [];
    const isReached = parts.some(({ collections }) =>
      collections.some((path) => scope.paths.has(path) || scope.unaffected.has(path)),
    );
    if (parts.length > 0 && !isReached)
      body.errors.push({ at: `/packages/${index}`, message: `has nothing that ${scope.name} says anything of` });
  }
};

/** Reads terms on top of those that stood before. Findings go into the body's list. */
export const readTerms = (body: Body, before: AccessTerms, ports: AdminPorts): AccessTerms => {
  const terms: AccessTerms = {
    packages: readPackages(body, before.packages, ports),
    rows: readRows(body, before.rows, ports.model),
    clearance: readClearance(body, before.clearance),
    from: readMoment(body, 'from', before.from),
    to: readMoment(body, 'to', before.to),
  };
  checkRows(body, terms, ports);
  if (terms.from !== null && terms.to !== null && terms.from >= terms.to)
    body.errors.push({ at: '/to', message: 'must come after from' });
  return terms;
};

/** Sees that terms give nothing beyond others: whoever approves may give less, and nobody is given what was not asked for. */
export const checkWithin = (body: Body, inner: AccessTerms, outer: AccessTerms, { packages }: AdminPorts): void => {
  const say = (at: string): void => void body.errors.push({ at, message: 'goes beyond what was asked for' });
  if (!isWithin(packages, inner.packages, outer.packages)) say('/packages');
  const [rows, asked] = [inner.rows, outer.rows];
  const isNarrower =
    asked === null ||
    (rows !== null &&
      rows.scope === asked.scope &&
      rows.field === asked.field &&
      rows.values.every((value) => asked.values.includes(value)));
  if (!isNarrower) say('/rows');
  if (inner.clearance > outer.clearance) say('/clearance');
  if (outer.from !== null && (inner.from === null || inner.from < outer.from)) say('/from');
  if (outer.to !== null && (inner.to === null || inner.to > outer.to)) say('/to');
};
