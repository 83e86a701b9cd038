// Looks at one resource: everything that is wrong with it, and what it names inside its attributes. Built once per hub; called by slice.ts. It
// depends on nothing but the resource and who has the identifiers that it names, so that it can be asked again whenever those change.
import { hash } from 'node:crypto';
import { readReference } from '#hub/prepare-links.ts';
import type { CollectionPath, Model } from '#model/model.ts';
import type { QualityRules } from '#model/quality-rules.ts';
import type { Examined, QualitySource, WholeResource } from '#store/quality.ts';
import type { Found } from './findings.ts';
import { createFound } from './findings.ts';
import { createLinkChecker } from './link-checks.ts';
import { createValueChecker } from './value-checks.ts';
import type { NestedLinks } from './value-checks.ts';

export type Examiner = {
  readonly examine: (
    resource: WholeResource,
    source: Pick<QualitySource, 'resolve' | 'delivers'>,
    extraBackLinks: boolean,
  ) => Promise<Examined>;
  /** Collections that links inside attributes lead to. */
  readonly nestedTargets: ReadonlySet<CollectionPath>;
  /** Collections with a relation, or a link inside an attribute, to each collection. */
  readonly leadingTo: (target: CollectionPath) => readonly CollectionPath[];
  /** Whether links of the relation have to be answered by what their targets deliver, where the hub adds no inverse links beyond FINT's own. */
  readonly asksBack: (collection: CollectionPath, relation: string) => boolean;
};

/** Compiles the checks of every collection, each on first use. */
export const createExaminer = (model: Model, rules: QualityRules): Examiner => {
  const checkers = new Map<CollectionPath, Checkers | null>();
  const checkersOf = (path: CollectionPath): Checkers | null => {
    const known = checkers.get(path);
    if (known !== undefined) return known;
    const collection = model.collections.get(path);
    const made =
      collection === undefined
        ? null
        : { links: createLinkChecker(collection, model), values: createValueChecker(collection, model, rules) };
    checkers.set(path, made);
    return made;
  };
  const nestedRules = [...model.collections.values()].flatMap(({ nestedLinks }) => [...nestedLinks.values()]);
  return {
    examine: async (resource, source, extraBackLinks) => {
      const { uid, collection, source: from } = resource;
      const found = createFound();
      const checks = checkersOf(collection);
      // What the model no longer has is kept by the store, and has no rules.
      if (checks === null) return { uid, collection, source: from, findings: [], nested: [] };
      const nested = checks.values(resource.attributes, found);
      const asked = checks.links(resource, source, extraBackLinks, found);
      if (asked !== undefined) await asked;
      const keys = nested.length === 0 ? [] : await examineNested(nested, model, source, found);
      return { uid, collection, source: from, findings: found.list(), nested: keys };
    },
    nestedTargets: new Set(nestedRules.flatMap(({ target }) => (target === null ? [] : [target]))),
    leadingTo: (target) =>
      [...model.collections.values()]
        .filter(({ links, nestedLinks }) =>
          [...links.values(), ...nestedLinks.values()].some((rule) => rule.target === target),
        )
        .map(({ path }) => path),
    asksBack: (collection, relation) => {
      const rule = model.collections.get(collection)?.links.get(relation);
      return rule !== undefined && rule.inverse !== null && !rule.fintBackLink;
    },
  };
};

type Checkers = {
  readonly links: ReturnType<typeof createLinkChecker>;
  readonly values: ReturnType<typeof createValueChecker>;
};

const examineNested = async (
  nested: readonly NestedLinks[],
  model: Model,
  source: Pick<QualitySource, 'resolve'>,
  found: Found,
): Promise<readonly number[]> => {
  const named: { collection: string; field: string; value: string; place: string }[] = [];
  for (const { place, rule, hrefs } of nested) {
    const target = rule.target === null ? undefined : model.collections.get(rule.target);
    if (target === undefined) continue;
    for (const href of hrefs) {
      const reference = readReference(href, target);
      if (reference === null || reference.kind !== 'resource') found.add('unknown-form', place);
      else named.push({ ...reference, place });
    }
    if (rule.relation.max === 1 && new Set(hrefs).size > 1) found.add('too-many', place);
  }
  const uids = await source.resolve(named);
  named.forEach(({ place }, index) => {
    if ((uids[index] ?? null) === null) found.add('missing-target', place);
  });
  return named.map(nestedKey);
};

/**
 * A number that stands for an identifier which links inside attributes name. Two may share one: then something is looked at once more than
 * needed.
 */
export const nestedKey = (of: {
  readonly collection: string;
  readonly field: string;
  readonly value: string;
}): number => hash('sha1', `${of.collection} ${of.field} ${of.value}`, 'buffer').readUIntBE(0, 6);
