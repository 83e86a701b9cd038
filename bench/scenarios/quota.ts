// What counting a request against its quota costs, which every answer of organisations pays. In this process; nothing is kept.
import { systemClock } from '#base/clock.ts';
import { createQuotas, type Quotas } from '#hub/quotas.ts';
import { median, spreadOf } from '../rounds.ts';
import type { Scenario } from '../scenario.ts';

const organisation = 'fjordheim.test';
const rounds = 30;
const requests = 20_000;
const mostMicroseconds = 2;

/** So wide that nothing is refused. */
const widely = { perMinute: 1_000_000_000, perDay: 1_000_000_000 };

const quotasOfNobody = (): Promise<Quotas> =>
  createQuotas({
    platform: {
      revision: () => 0,
      links: () => [],
      addQuotaUse: () => undefined,
      quotaUse: () => [],
      dropQuotaUse: () => undefined,
    },
    clock: systemClock,
    observe: () => undefined,
    environment: 'sandbox',
    usual: widely,
    others: false,
  });

export const quota: Scenario = {
  name: 'quota',
  describe: 'a request counted against its quota',
  run: async () => {
    const quotas = await quotasOfNobody();
    const callers = Array.from({ length: 50 }, (_, at) => ({ client: `client-${at}`, tenant: organisation }));
    const costs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const before = process.cpuUsage();
      for (let times = 0; times < requests / callers.length; times += 1)
        for (const caller of callers) quotas.take(caller);
      const { user, system } = process.cpuUsage(before);
      costs.push((user + system) / requests);
    }
    await quotas.close();
    return [
      {
        name: 'quota',
        what: 'CPU per request counted',
        ours: median(costs),
        floor: null,
        unit: 'µs',
        value: median(costs),
        target: { kind: 'at-most', value: mostMicroseconds },
        spread: spreadOf(costs),
        note: `${rounds} rounds of ${requests.toLocaleString('en')}, ${callers.length} applications, none refused`,
      },
    ];
  },
};
