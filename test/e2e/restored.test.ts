// A data directory that is set back to a copy: clients that hold positions from afterwards are told so, instead of missing what comes.
import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { deliverPage, pupil } from './deliveries.ts';
import { fjord, settingsFor, startHub, temporaryFolder, type HubOptions } from './hub-under-test.ts';

type Feed = { readonly next: string; readonly more: boolean };

const folder = temporaryFolder();
after(() => folder.remove());

const at = (data: string): HubOptions['place'] => ({ settings: (flags) => settingsFor(data, flags) });

it('refuses positions that are newer than the copy, and takes those that are not', async () => {
  const [data, copy] = [join(folder.path, 'data'), join(folder.path, 'copy')];
  const elev = 'utdanning/elev/elev';
  const first = await startHub({
    place: at(data),
    organisations: [fjord],
    applications: [
      { id: 'adapter', kind: 'adapter', organisation: 'fjord.test' },
      { id: 'client', kind: 'client', organisation: 'fjord.test' },
    ],
  });
  const { credentials: known } = first;
  await deliverPage(await first.as('adapter'), elev, [pupil(1)], { method: 'PATCH' });
  const before = await (await first.as('client')).read<Feed>(`/${elev}/changes`);
  await first.close();
  cpSync(data, copy, { recursive: true });

  const second = await startHub({ place: at(data), known });
  await deliverPage(await second.as('adapter'), elev, [pupil(2)], { method: 'PATCH' });
  const later = await (await second.as('client')).read<Feed>(`/${elev}/changes?after=${before.next}`);
  assert.notEqual(later.next, before.next);
  await second.close();
  rmSync(data, { recursive: true });
  cpSync(copy, data, { recursive: true });

  const third = await startHub({ place: at(data), known });
  const client = await third.as('client');
  const refused = await client.send('GET', `/${elev}/changes?after=${later.next}`);
  assert.equal(refused.status, 410, refused.text);
  assert.equal((JSON.parse(refused.text) as { readonly code: string }).code, 'HUB-410');
  const again = await client.read<Feed>(`/${elev}/changes?after=${before.next}`);
  assert.deepEqual([again.next, again.more], [before.next, false]);
  await third.close();
});
