// The organisation that a command names, in a data directory. Used by commands that read an organisation's files themselves.
import { problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { nearest } from '#base/text.ts';
import { normaliseOrganisationId } from '#hub/principal.ts';
import type { Organisation, PlatformStore } from '#store/store.ts';

/** The organisation by any spelling of its id; HUB-204 with the nearest name when there is none. */
export const namedOrganisation = async (
  platform: Pick<PlatformStore, 'organisation' | 'organisations'>,
  asked: string,
): Promise<Result<Organisation>> => {
  const found = await platform.organisation(normaliseOrganisationId(asked));
  if (found !== null) return ok(found);
  const near = nearest(
    asked,
    (await platform.organisations()).map((one) => one.id),
  );
  return failed(problem('HUB-204', `There is no organisation ${asked}.${near === null ? '' : ` Is it ${near}?`}`));
};
