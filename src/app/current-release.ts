// What a release of the catalogue would hold if it were made now: every description, as an empty hub would publish it. Called by the commands of the
// catalogue and by the test that holds the tree to what was released.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { civilDay } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import type { ReleaseSet } from '#catalogue/gate/release-set.ts';
import { resolveSettings } from '#config/settings.ts';
import { compose } from './compose.ts';

// What descriptions say of where they are served, wherever the hub really is.
const publicUrl = 'https://hub.example';

/**
 * Composes a hub over a directory of its own, asks it for its descriptions and closes it; nothing listens. No setting of this process counts but the
 * folders of the model. Rejects with a HubError when model or data do not make a hub.
 */
export const currentRelease = async (
  catalogue: Catalogue,
  release: number,
  at: number,
  model: readonly string[] | null = null,
): Promise<ReleaseSet> => {
  const data = mkdtempSync(join(tmpdir(), 'bindeledd-release-'));
  try {
    const settings = resolveSettings({
      flags: { data, publicUrl, logLevel: 'silent' },
      environment: {},
      file: null,
      readSecret: () => null,
    });
    if (!settings.ok) throw new HubError(settings.problem);
    const hub = await compose({ ...settings.value.settings, model });
    try {
      return {
        release,
        day: civilDay(at).date,
        apis: new Map([...catalogue.apis.values()].map(({ id, status, policy }) => [id, { status, policy }])),
        artefacts: hub
          .artefacts()
          .flatMap(({ entry, artefacts }) =>
            artefacts.map(({ name, type, text, of }) => ({ name, api: of ?? entry.id, type, text })),
          ),
      };
    } finally {
      await hub.close();
    }
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
};
