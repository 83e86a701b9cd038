// The page for operators advises the settings that the drill of failover runs with.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { parse } from 'yaml';
import { advised } from './cluster.ts';

it('advises what the drill runs with', () => {
  const page = readFileSync(path.join(import.meta.dirname, '../../docs/how-to/operate.md'), 'utf8');
  const section = page.slice(page.indexOf('## Failover'));
  const settings = parse(/```yaml\n([\s\S]*?)```/.exec(section)?.[1] ?? '') as {
    readonly bootstrap: { readonly dcs: Readonly<Record<string, unknown>> };
  };
  const { postgresql, ...dcs } = settings.bootstrap.dcs;
  assert.deepEqual(dcs, advised);
  assert.deepEqual(postgresql, {
    use_pg_rewind: true,
    parameters: { synchronous_commit: 'on', wal_level: 'replica', wal_log_hints: 'on' },
  });
});
