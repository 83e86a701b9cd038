// Reads `_links` as adapters and clients write them (facts 2.4) and gives targets. Called by prepare.ts, for the resource itself and
// for complex values inside it. Knows no storage: whether a target exists is not asked here.
import { limits } from '#base/limits.ts';
import { validName } from '#model/naming.ts';
import { transliterate } from '#base/text.ts';
import type { Collection, LinkRule, Model } from '#model/model.ts';
import type { LinkTarget, OwnLink } from '#store/store.ts';
import { reject, shownName, warn } from './prepare-findings.ts';
import type { Findings } from './prepare-findings.ts';
import { cleanText, typeName } from './prepare-values.ts';

/** Takes the value of a `_links` member, gives the links in model order (relations unknown to the model last, by name). */
export type LinksReader = (value: unknown, at: string, findings: Findings) => readonly OwnLink[];

type Reading = {
  readonly name: string;
  /** null: the model has no such relation here. */
  readonly rule: LinkRule | null;
  /** null: links are kept verbatim. */
  readonly target: Collection | null;
};

const none: readonly OwnLink[] = [];

/**
 * Compiles the reader for the rules of one place (a resource, or a complex value in it). A missing mandatory relation is reported, save one to
 * many that the other end may bring: there, adapters deliver either side (facts 5.5).
 */
export const createLinksReader = (rules: readonly LinkRule[], model: Model): LinksReader => {
  const readings = rules.map((rule): Reading => ({
    name: rule.relation.jsonName,
    rule,
    target: rule.target === null ? null : (model.collections.get(rule.target) ?? null),
  }));
  const slotOf = new Map<string, number>();
  readings.forEach((reading, slot) => {
    slotOf.set(reading.rule?.relation.name ?? reading.name, slot);
    slotOf.set(reading.name, slot);
  });
  const mandatory = readings.map(
    ({ rule }) => rule !== null && rule.relation.min === 1 && (rule.relation.max === 1 || rule.inverse === null),
  );
  const anyMandatory = mandatory.includes(true);
  const values: unknown[] = readings.map(() => undefined);

  const reportMissing = (at: string, findings: Findings): void => {
    readings.forEach((reading, slot) => {
      if (mandatory[slot] === true && isNothing(values[slot]))
        warn(findings, 'HUB-613', `${at}/${reading.name}`, 'a mandatory link is missing');
    });
  };

  return (value, at, findings) => {
    values.fill(undefined);
    if (value === undefined || value === null) {
      if (anyMandatory) reportMissing(at, findings);
      return none;
    }
    if (typeof value !== 'object' || Array.isArray(value)) {
      reject(findings, 'HUB-611', at, `expected an object of links, got ${typeName(value)}`);
      return none;
    }
    const given = value as Readonly<Record<string, unknown>>;
    let unknown: string[] | null = null;
    for (const key in given) {
      const slot = slotOf.get(key);
      if (slot !== undefined) values[slot] = given[key];
      else if (key !== 'self') (unknown ??= []).push(key);
    }
    if (anyMandatory) reportMissing(at, findings);
    const links: OwnLink[] = [];
    for (let slot = 0; slot < readings.length; slot += 1) {
      const reading = readings[slot];
      if (reading === undefined || values[slot] === undefined || values[slot] === null) continue;
      const targets = readTargets(values[slot], reading, `${at}/${reading.name}`, findings);
      if (targets.length > 0) links.push({ relation: reading.name, targets });
    }
    if (unknown !== null) readUnknown(unknown.sort(), given, at, links, findings);
    return links;
  };
};

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/** Relations that the model does not have are kept as they came (facts 2.4), when their name could be one. */
const readUnknown = (
  names: readonly string[],
  given: Readonly<Record<string, unknown>>,
  at: string,
  links: OwnLink[],
  findings: Findings,
): void => {
  for (const key of names) {
    const here = `${at}/${shownName(key)}`;
    if (key.length > 64 || !validName.test(key)) {
      warn(findings, 'HUB-614', here, 'unknown relation, left out');
      continue;
    }
    warn(findings, 'HUB-614', here, 'unknown relation, its links are kept as they came');
    const name = transliterate(key);
    const targets = readTargets(given[key], { name, rule: null, target: null }, here, findings);
    if (targets.length > 0 && !links.some((link) => link.relation === name)) links.push({ relation: name, targets });
  }
};

const readTargets = (value: unknown, reading: Reading, at: string, findings: Findings): readonly LinkTarget[] => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > limits.linksPerRelation) {
    reject(findings, 'HUB-618', at, `more than ${limits.linksPerRelation} links`);
    return [];
  }
  const targets: LinkTarget[] = [];
  for (let index = 0; index < list.length; index += 1) {
    const target = readTarget(list[index], reading, at, index, findings);
    if (target !== null) targets.push(target);
  }
  return targets.length > 1 ? distinct(targets) : targets;
};

const readTarget = (
  entry: unknown,
  reading: Reading,
  at: string,
  index: number,
  findings: Findings,
): LinkTarget | null => {
  const href =
    typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? (entry as { href?: unknown }).href : entry;
  if (typeof href !== 'string') {
    if (href === null || href === undefined)
      warn(findings, 'HUB-616', `${at}/${index}`, 'a link without an address, left out');
    else reject(findings, 'HUB-611', `${at}/${index}`, `expected an address, got ${typeName(href)}`);
    return null;
  }
  const clean = cleanText(href);
  if (clean === null) {
    reject(
      findings,
      'HUB-619',
      `${at}/${index}`,
      `an address of ill-formed text, or longer than ${limits.stringBytes} bytes`,
    );
    return null;
  }
  if (clean === '') {
    warn(findings, 'HUB-616', `${at}/${index}`, 'an empty address, left out');
    return null;
  }
  if (reading.target === null) return { kind: 'verbatim', href: clean };
  const target = readReference(clean, reading.target);
  if (target !== null) return target;
  warn(
    findings,
    'HUB-616',
    `${at}/${index}`,
    `no identifier of ${reading.target.path} in the address, kept as it came`,
  );
  return { kind: 'verbatim', href: clean };
};

/**
 * Takes an address in any form of facts 2.4 and the collection it leads to; gives the target, or null when no identifier of the
 * collection stands before a value. The value is the last segment; when the one before is no identifier, the value holds slashes and
 * begins after the rightmost identifier.
 */
export const readReference = (text: string, target: Collection): LinkTarget | null => {
  let end = text.length;
  const located = text.startsWith('/') || text.includes('://');
  if (located) while (end > 0 && text.charCodeAt(end - 1) === 0x2f) end -= 1;
  const valueAt = text.lastIndexOf('/', end - 1);
  if (valueAt < 1 || valueAt + 1 >= end) return null;
  let fieldEnd = valueAt;
  while (fieldEnd > 0) {
    const fieldAt = text.lastIndexOf('/', fieldEnd - 1) + 1;
    const field = fieldOf(text.slice(fieldAt, fieldEnd), target);
    if (field !== undefined) return resource(target, field, text.slice(fieldEnd + 1, end), located);
    fieldEnd = fieldAt - 1;
  }
  return null;
};

const fieldOf = (name: string, target: Collection): string | undefined =>
  target.identifierBySegment.get(name)?.segment ??
  target.identifierBySegment.get(transliterate(name).toLowerCase())?.segment;

const resource = (target: Collection, field: string, raw: string, located: boolean): LinkTarget | null => {
  const value = located && raw.includes('%') ? cleanText(decoded(raw), limits.identifierBytes) : raw;
  if (value === null || value.trim() === '' || Buffer.byteLength(value) > limits.identifierBytes) return null;
  return { kind: 'resource', collection: target.path, field, value };
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * Compiles what finds, among links by relations that the model does not have, those that lead to somebody who can be protected: they stay as they
 * came, but protection must follow them. `relation` is `_links.` and the name, which no value inside a resource has.
 */
export const createForeignReader = (
  collection: Collection,
  model: Model,
): ((links: readonly OwnLink[]) => readonly OwnLink[]) => {
  const { markings, about } = model.protection;
  const personal = [...model.collections.values()].filter(({ path }) => markings.has(path) || about.has(path));
  const places = personal.flatMap((target) => [
    { target, place: `${target.path}/` },
    { target, place: `\${${target.path.replaceAll('/', '.')}}/` },
  ]);
  const isForeign = ({ relation }: OwnLink): boolean => !collection.links.has(relation);
  return (links) => {
    if (!links.some(isForeign)) return none;
    return links.filter(isForeign).flatMap(({ relation, targets }) => {
      const found = targets.flatMap((one) => {
        const href = one.kind === 'verbatim' ? one.href : '';
        const text = href.toLowerCase();
        const target = places.find(({ place }) => text.includes(place))?.target;
        return (target === undefined ? null : readReference(href, target)) ?? [];
      });
      return found.length === 0 ? [] : [{ relation: `_links.${relation}`, targets: distinct(found) }];
    });
  };
};

const sameTarget = (a: LinkTarget, b: LinkTarget): boolean =>
  a.kind === 'resource'
    ? b.kind === 'resource' && a.value === b.value && a.field === b.field && a.collection === b.collection
    : b.kind === 'verbatim' && a.href === b.href;

const distinct = (targets: readonly LinkTarget[]): readonly LinkTarget[] => {
  if (targets.length <= 8) {
    const kept = targets.filter((target, index) => !targets.slice(0, index).some((other) => sameTarget(other, target)));
    return kept.length === targets.length ? targets : kept;
  }
  const byKey = new Map<string, LinkTarget>();
  for (const target of targets) {
    const key = target.kind === 'resource' ? `r${target.field}/${target.value}` : `v${target.href}`;
    if (!byKey.has(key)) byKey.set(key, target);
  }
  return byKey.size === targets.length ? targets : [...byKey.values()];
};
