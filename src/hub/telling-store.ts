// A store that says when something has been committed for an organisation, so that whoever waits for changes need not ask again and again. Put
// around the real one by app/compose.ts; holds no data and no policy.
import type { Store } from '#store/store.ts';
import { aroundStore } from './around-store.ts';
import { changesTopic } from './signals.ts';
import type { Signals } from './signals.ts';

/** The same store; each write that has been made durable is told under the organisation's topic, to other processes as well. */
export const tellingStore = (store: Store, signals: Pick<Signals, 'tell'>): Store =>
  aroundStore(store, (tenant) => {
    const tell = (): void => signals.tell(changesTopic(tenant.id));
    return {
      write: async (work) => {
        const done = await tenant.write(work);
        tell();
        return done;
      },
      writeTogether: async (work) => {
        const done = await tenant.writeTogether(work);
        tell();
        return done;
      },
      appendAudit: tenant.appendAudit,
    };
  });
