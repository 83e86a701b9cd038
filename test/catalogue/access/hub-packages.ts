// The access packages that come with the hub, read once for all tests of a file.
import type { AccessPackages } from '#catalogue/access/packages.ts';
import { bundledPackages } from '#app/bundled-packages.ts';
import { hubBundles, hubModel } from '../../model/models.ts';

let packages: AccessPackages | null = null;

export const hubPackages = (): AccessPackages => (packages ??= bundledPackages(hubModel(), hubBundles()));
