// The access packages that come with the hub, held against the model that it runs with. Read by the composition and by commands that work on the data.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HubError } from '#base/errors.ts';
import { readAccessPackages } from '#catalogue/access/read-packages.ts';
import type { AccessPackages } from '#catalogue/access/packages.ts';
import type { Model } from '#model/model.ts';
import type { ScopeBundles } from '#model/scope-bundles.ts';

const file = join(import.meta.dirname, '../../catalogue/packages.yaml');

/** The packages of the areas that the model has. Throws a HubError with the findings when they do not fit it. */
export const bundledPackages = (model: Model, bundles: ScopeBundles): AccessPackages => {
  const read = readAccessPackages(readFileSync(file, 'utf8'), model, bundles);
  if (!read.ok) throw new HubError(read.problem);
  return read.value;
};
