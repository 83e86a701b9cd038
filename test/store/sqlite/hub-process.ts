// A store in a process of its own, for tests that hold a data directory or kill the writer. Arguments: folder, then `hold` or `write`.
import { writeSync } from 'node:fs';
import { HubError } from '#base/errors.ts';
import { ignoreEvents } from '#base/events.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import { base, deliver, elev, elevforhold, entry, model, putEntry, setClock, to } from '../conformance/world.ts';

const [, , folder = '', mode] = process.argv;

/** One transaction that a reader can tell to be whole: two resources that link, a change of the first one, an audit record. */
const writeForever = async (): Promise<void> => {
  const store = await openSqliteStore({ folder, model, clock: setClock(), observe: ignoreEvents, baseUrl: () => base });
  const tenant = await store.tenant('a.test');
  const from = await tenant.reads.lastPosition();
  await deliver(tenant, entry(elev, { systemid: 'shared' }));
  for (let number = from; ; number += 1) {
    await tenant.write(async (tx) => {
      await putEntry(tx, entry(elev, { systemid: `E${number}` }));
      await putEntry(
        tx,
        entry(elevforhold, { systemid: `F${number}` }, { links: { elev: [to(elev, 'systemid', `E${number}`)] } }),
      );
      await putEntry(
        tx,
        entry(elev, { systemid: 'shared' }, { attributes: { kontaktinformasjon: { epostadresse: `${number}` } } }),
      );
      await tx.audit({
        id: `${number}`,
        at: 1,
        request: '',
        issuer: '',
        client: '',
        token: '',
        api: '',
        operation: 'deliver',
        collection: elev,
        decision: 'allow',
        rule: '',
        count: 3,
        subjects: [],
        seen: null,
        details: '',
      });
      await tx.settle();
    });
    writeSync(1, `${number}\n`);
  }
};

try {
  if (mode === 'write') await writeForever();
  else {
    await openSqliteStore({ folder, model, clock: setClock(), observe: ignoreEvents, baseUrl: () => base });
    writeSync(1, 'ready\n');
    setInterval(() => {}, 1_000);
  }
} catch (error) {
  writeSync(1, `${error instanceof HubError ? error.problem.code : 'unknown'}\n`);
  process.exit(1);
}
