// The public keys that audits are sealed with, open to all: whoever has kept a checkpoint can see for himself whether it is genuine.
// Mounted by app/faces.ts. Knows the keys only; asks no hub.
import { openGet, type Api } from '#apis/api.ts';
import type { PublicAuditKey } from '#hub/audit-trail.ts';

/** Builds the API over whatever gives the keys, the oldest first. */
export const auditKeysApi = (keys: () => Promise<readonly PublicAuditKey[]>): Api => ({
  entry: {
    id: 'audit-keys',
    name: { nb: 'Nøklene revisjonsloggen er forseglet med', en: 'The keys that the audit is sealed with' },
    description: {
      nb: 'Offentlige nøkler som JWK-sett, også de som ikke lenger er i bruk.',
      en: 'Public keys as a JWK set, those no longer in use included.',
    },
    status: 'beta',
    version: '1',
  },
  routes: [
    {
      ...openGet,
      path: '/.well-known/audit-keys.json',
      handle: async () => ({
        kind: 'json',
        status: 200,
        headers: { 'cache-control': 'public, max-age=300' },
        value: { keys: await keys() },
      }),
    },
  ],
  describe: () => [],
});
