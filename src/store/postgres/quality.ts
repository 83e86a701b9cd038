// Quality's half of an organisation in the database: what it reads, what it has found, and that one process at a time examines. Built by the
// composition over a few connections of its own, so that examining never makes a request wait.
import type { QualityStore } from '../quality.ts';
import { numberOf } from './cells.ts';
import type { Database, Sql } from './database.ts';
import { createQualityResults } from './quality-results.ts';
import { createQualitySource } from './quality-source.ts';

const findTenant: Sql = { name: 'quality_tenant', text: 'SELECT number FROM tenant WHERE organisation = $1::text' };

/** Opens what quality works on; null while the organisation has no data. `close` leaves the database open. Rejects with a HubError. */
export const openQualityStore = async (database: Database, id: string): Promise<QualityStore | null> => {
  const [row] = await database.query(null, findTenant, [id]);
  if (row === undefined) return null;
  const tenant = numberOf(row, 'number');
  const { results, alone } = createQualityResults(database, tenant);
  return { source: createQualitySource(database, tenant), results, alone, far: true, close: () => {} };
};
