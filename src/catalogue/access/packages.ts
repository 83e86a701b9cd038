// Access packages: named selections of the models that applications ask owners for, what each shows, and what of it takes two to approve. Data are
// read by read-packages.ts; used by access requests, delegations and whoever explains access. Pure; knows no stored data.
import type { Words } from '../contract.ts';
import type { CollectionPath, Model, ProtectionLevel, Sensitivity } from '#model/model.ts';
import type { Action } from '#store/plan.ts';

export type AccessArea = 'common' | 'county' | 'primary-school' | 'university';

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
};

/** A field that a package shows of a collection; `sensitivity` is the strictest that is found in it, open for relations. */
export type PackageField = { readonly name: string; readonly sensitivity: Sensitivity };

/** What a package shows of one collection. */
export type PackageSight = {
  readonly collection: CollectionPath;
  readonly actions: readonly Action[];
  readonly fields: readonly PackageField[];
};

export type AccessPackage = {
  /** `skole.elever`: an area and a name; unique. */
  readonly id: string;
  readonly area: AccessArea;
  readonly name: Words;
  readonly description: Words;
  readonly opens: readonly PackagePart[];
  /** Computed from `opens`, by collection, in the order of the model. */
  readonly sight: readonly PackageSight[];
};

/** By id, in the order of the file. */
export type AccessPackages = ReadonlyMap<string, AccessPackage>;

/** Fewer fields of one collection than the package shows, and why these are enough or needed. An empty list leaves the collection out. */
export type Narrowing = {
  readonly collection: CollectionPath;
  readonly fields: readonly string[];
  readonly why: string;
};

/** A package as somebody asks for it, approves it or passes it on; collections that no narrowing names are whole. */
export type PackageTerms = { readonly package: string; readonly narrowed: readonly Narrowing[] };

/** What terms show: the sight of the package without what was narrowed away. */
export type TermsSight = readonly PackageSight[];

/** Needs of a second approval, in words that a program can tell apart. */
export type FourEyesReason = 'national-id' | 'protected' | 'special' | 'clearance';

export type FourEyes = { readonly needed: boolean; readonly because: readonly FourEyesReason[] };

export type PackagesAnd = { readonly packages: AccessPackages; readonly model: Model };

export type ClearanceOf = { readonly clearance: ProtectionLevel };
