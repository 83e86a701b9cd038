// What an entry tells about protection: its marking, and the links inside values that protection must follow. Called by prepare.ts for every
// entry. Knows no storage: how protected what it leads to is, is not asked here.
import type { Collection, Model, ProtectionLevel } from '#model/model.ts';
import type { LinkTarget, OwnLink } from '#store/store.ts';
import { warn } from './prepare-findings.ts';
import type { Findings } from './prepare-findings.ts';

/** A link on a complex value: the key of its rule (`mottaker.person`) and its target. */
export type NestedLink = { readonly relation: string; readonly target: LinkTarget };

/** True for a collection whose resources can be protected. */
export const isGuarded = ({ protection: { markings, about } }: Model, path: string): boolean =>
  markings.has(path) || about.has(path);

/** Links by relation, each target once. */
export const gathered = (met: readonly NestedLink[]): readonly OwnLink[] => {
  const byRelation = new Map<string, Map<string, LinkTarget>>();
  for (const { relation, target } of met) {
    if (target.kind !== 'resource') continue;
    const targets = byRelation.get(relation) ?? new Map<string, LinkTarget>();
    targets.set(`${target.field}/${target.value}`, target);
    byRelation.set(relation, targets);
  }
  return [...byRelation].map(([relation, targets]) => ({ relation, targets: [...targets.values()] }));
};

/** What a marking that cannot be read means: somebody is to be protected, nobody knows how well (facts trust 3.2). */
const strictest: ProtectionLevel = 3;

/** Reads the protection marking of an entry: null when it carries none; the strictest, and a finding, for a code that the model does not know. */
export const createMarkingReader = (
  collection: Collection,
  model: Model,
): ((resource: object, findings: Findings) => ProtectionLevel | null) => {
  const rule = model.protection.markings.get(collection.path);
  const attribute = rule === undefined ? undefined : collection.class.attributeByName.get(rule.attribute);
  if (rule === undefined || attribute === undefined) return () => null;
  return (resource, findings) => {
    const code = own(resource, attribute.jsonName) ?? own(resource, attribute.name);
    if (code === null || code === undefined || (typeof code === 'string' && code.trim() === '')) return null;
    const level = typeof code === 'string' ? rule.levels.get(code.trim()) : undefined;
    if (level !== undefined) return level;
    const message = 'a protection marking that the model does not know: the person is treated as strictly protected';
    warn(findings, 'HUB-606', `/${attribute.jsonName}`, message);
    return strictest;
  };
};

const own = (holder: object, name: string): unknown =>
  Object.hasOwn(holder, name) ? (holder as Readonly<Record<string, unknown>>)[name] : null;
