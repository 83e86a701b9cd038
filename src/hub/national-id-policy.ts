// Which national ids an environment takes: a sandbox no real ones, production no synthetic ones, a test both. Asked by the preparation of whatever
// is delivered or written, and by APIs that look somebody up. Knows attributes by their sensitivity and no class; repeats no value.
import { problem, type Problem } from '#base/errors.ts';
import { refusedNationalId } from '#base/national-id.ts';
import type { Collection, Model } from '#model/model.ts';
import type { Environment, OwnLink } from '#store/store.ts';
import { reject } from './prepare-findings.ts';
import type { Findings } from './prepare-findings.ts';

/** Turns away national ids of the wrong kind. */
export type NationalIdGuard = {
  readonly refuses: (text: string) => boolean;
  /** Why, in words for whoever sent it. */
  readonly message: string;
};

const messages = {
  sandbox: 'a national id that may be somebody’s: a sandbox takes synthetic ones only',
  production: 'a synthetic national id: production takes none',
} as const;

/** The guard of an environment; null where every national id is taken. */
export const nationalIdGuard = (environment: Environment): NationalIdGuard | null =>
  environment === 'test'
    ? null
    : { refuses: (text) => refusedNationalId(environment, text), message: messages[environment] };

/** The problem (HUB-417) of a request with a national id that the environment does not take; null when it takes it. Repeats nothing of the text. */
export const wrongNationalId = (environment: Environment, text: string): Problem | null => {
  const guard = nationalIdGuard(environment);
  return guard?.refuses(text) === true ? problem('HUB-417', `The request holds ${guard.message}.`) : null;
};

/** Relations of a collection that may lead to somebody by a national id: the address of such a link is a national id too. */
const watchedRelations = (collection: Collection, model: Model): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, ReadonlySet<string>>();
  for (const [relation, { target }] of collection.links) {
    const to = target === null ? undefined : model.collections.get(target);
    const fields = to?.identifiers
      .filter(({ attribute }) => to.class.attributeByName.get(attribute)?.sensitivity === 'national-id')
      .map(({ segment }) => segment);
    if (fields !== undefined && fields.length > 0) found.set(relation, new Set(fields));
  }
  return found;
};

/** Makes what looks at the own links of entries of a collection; null when none can hold a national id, or any is taken. */
export const createLinkGuard = (
  collection: Collection,
  model: Model,
  guard: NationalIdGuard | null,
): ((links: readonly OwnLink[], findings: Findings) => void) | null => {
  const watched = guard === null ? new Map<string, ReadonlySet<string>>() : watchedRelations(collection, model);
  if (guard === null || watched.size === 0) return null;
  return (links, findings) => {
    for (const { relation, targets } of links) {
      const fields = watched.get(relation);
      if (fields === undefined) continue;
      for (const target of targets)
        if (target.kind === 'resource' && fields.has(target.field) && guard.refuses(target.value))
          return reject(findings, 'HUB-417', `/_links/${relation}`, guard.message);
    }
  };
};
