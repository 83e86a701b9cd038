// Access packages: named selections of the models that applications ask owners for, what each shows, and what of it takes two to approve. Data are
// read by read-packages.ts; used by access requests, delegations and whoever explains access. Pure; knows no stored data.
import type { Words } from '../contract.ts';
import type { CollectionPath, ProtectionLevel, Sensitivity } from '#model/model.ts';
import type { Action } from '#store/plan.ts';

export const accessAreas = ['common', 'county', 'primary-school', 'university'] as const;
export type AccessArea = (typeof accessAreas)[number];

/** Some collections of a package, opened alike. */
export type PackagePart = {
  /** Every one by its path: patterns are resolved when packages are read. */
  readonly collections: readonly CollectionPath[];
  readonly actions: readonly Action[];
  /** jsonNames of attributes and relations; null = all. */
  readonly fields: readonly string[] | null;
  /** Sensitivities that are not withheld, beside open and personal. */
  readonly shows: readonly Sensitivity[];
  /** Never of a protected person, whatever the clearance. */
  readonly unprotected: boolean;
  /** The scope of links that it is a part of: tokens may have it where an API asks for one. Null = none. */
  readonly scope: string | null;
};

/** A field that a package shows of a collection, with how sensitive its values can be beyond open and personal. */
export type PackageField = { readonly name: string; readonly sensitivities: readonly Sensitivity[] };

/** What a package, or terms of it, show of one collection. */
export type PackageSight = {
  readonly collection: CollectionPath;
  readonly actions: readonly Action[];
  /** In the order of the model, attributes first. */
  readonly fields: readonly PackageField[];
};

export type AccessPackage = {
  /** `county.pupils-basic`: an area and a name; unique. */
  readonly id: string;
  readonly area: AccessArea;
  readonly name: Words;
  readonly about: Words;
  readonly opens: readonly PackagePart[];
  /** Computed from `opens`, by collection, in the order of the model. */
  readonly sight: readonly PackageSight[];
};

/** By id, in the order of the file. */
export type AccessPackages = ReadonlyMap<string, AccessPackage>;

/** Fewer fields of one collection than the package shows, and why. An empty list leaves the collection out. */
export type Narrowing = {
  readonly collection: CollectionPath;
  readonly fields: readonly string[];
  readonly why: string;
};

/** A package as somebody asks for it, approves it or passes it on; collections that no narrowing names are whole. */
export type PackageTerms = { readonly package: string; readonly narrowed: readonly Narrowing[] };

/** Why two have to approve. */
export const fourEyesReasons = ['national-id', 'protected', 'special', 'clearance'] as const;
export type FourEyesReason = (typeof fourEyesReasons)[number];

/** What terms of a package show: its sight without what is narrowed away. Nothing of a package that there is not. */
export const sightOf = (packages: AccessPackages, terms: PackageTerms): readonly PackageSight[] =>
  (packages.get(terms.package)?.sight ?? []).flatMap((sight) => {
    const narrowing = terms.narrowed.find(({ collection }) => collection === sight.collection);
    if (narrowing === undefined) return sight;
    const fields = sight.fields.filter(({ name }) => narrowing.fields.includes(name));
    return fields.length === 0 ? [] : { ...sight, fields };
  });

/**
 * Why two different people have to approve terms; empty when one is enough. Computed from what is shown, so that no package can leave it out: national
 * ids, what tells where people live, special categories, and protected persons.
 */
export const fourEyes = (
  packages: AccessPackages,
  terms: readonly PackageTerms[],
  clearance: ProtectionLevel,
): readonly FourEyesReason[] => {
  const shown = new Set<string>(
    terms.flatMap((one) =>
      sightOf(packages, one).flatMap(({ fields }) => fields.flatMap(({ sensitivities }) => sensitivities)),
    ),
  );
  return fourEyesReasons.filter((reason) => (reason === 'clearance' ? clearance > 0 : shown.has(reason)));
};

/**
 * The parts of a package that terms leave, each narrowed collection as a part of its own. Grants are made of these. Nothing of a package that there
 * is not.
 */
export const partsOf = (packages: AccessPackages, terms: PackageTerms): readonly PackagePart[] =>
  (packages.get(terms.package)?.opens ?? []).flatMap((part) => {
    const named = new Map(terms.narrowed.map(({ collection, fields }) => [collection, fields]));
    const whole = part.collections.filter((path) => !named.has(path));
    const narrowed = part.collections.flatMap((path): readonly PackagePart[] => {
      const fields = named.get(path)?.filter((name) => part.fields === null || part.fields.includes(name)) ?? [];
      return fields.length === 0 ? [] : [{ ...part, collections: [path], fields }];
    });
    return [...(whole.length === 0 ? [] : [{ ...part, collections: whole }]), ...narrowed];
  });

/** True when terms show nothing that others do not: no other package, no field and no action more. */
export const isWithin = (
  packages: AccessPackages,
  inner: readonly PackageTerms[],
  outer: readonly PackageTerms[],
): boolean =>
  inner.every((terms) => {
    const around = outer.find((one) => one.package === terms.package);
    if (around === undefined) return false;
    const shown = new Map(sightOf(packages, around).map((sight) => [sight.collection, sight.fields]));
    return sightOf(packages, terms).every(({ collection, fields }) => {
      const may = shown.get(collection);
      return may !== undefined && fields.every(({ name }) => may.some((field) => field.name === name));
    });
  });
