// Figures that are told once and kept for good, as entries of the register: whoever keeps some first, in whichever process, wins. Called by compose.ts;
// knows nothing of what is counted.
import type { Clock } from '#base/clock.ts';
import type { FigureShelf, KeptFigures } from '#apis/fsws-bris/kept-sheets.ts';
import type { PlatformStore } from '#store/store.ts';

type Register = Pick<PlatformStore, 'registerEntry' | 'putRegister'>;

/** The shelf over the register of the platform. It fails only when a store does. */
export const createFigureShelf = (register: Register, clock: Pick<Clock, 'now'>): FigureShelf => {
  const read: FigureShelf['read'] = async (tenant, name) =>
    ((await register.registerEntry('figures', `${tenant}/${name}`))?.value as KeptFigures | undefined) ?? null;
  return {
    read,
    keep: async (tenant, name, figures) => {
      const now = clock.now();
      const entry = {
        kind: 'figures',
        id: `${tenant}/${name}`,
        revision: 1,
        organisation: tenant,
        application: null,
        state: 'kept',
        createdAt: now,
        changedAt: now,
        value: figures,
      } as const;
      return (await register.putRegister({ entries: [entry] })) ? figures : ((await read(tenant, name)) ?? figures);
    },
  };
};
