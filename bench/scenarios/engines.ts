// x
import type { Scenario } from '../scenario.ts';
export const engines: Scenario = {
  name: 'engines',
  describe: 'the store by itself',
  onPostgres: 'held',
  run: async () => [],
};
