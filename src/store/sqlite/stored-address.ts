// The address that the stored links of a data directory begin with: what a tool must open it under, so that nothing is rewritten. Used by
// command-line tools; the hub knows its address itself.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The address of the organisation, or null when it has no data. */
const addressIn = (file: string): string | null => {
  if (!existsSync(file)) return null;
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    const value = db.prepare("SELECT value FROM meta WHERE name = 'base_url'").get()?.['value'];
    return typeof value === 'string' && value !== '' ? value : null;
  } finally {
    db.close();
  }
};

/** The address by which a data directory was served last; null when nothing has been stored yet. Throws what SQLite throws. */
export const storedAddress = (folder: string): string | null => {
  const tenants = join(folder, 'tenants');
  if (!existsSync(tenants)) return null;
  for (const name of readdirSync(tenants)) {
    const address = addressIn(join(tenants, name, 'data.db'));
    if (address !== null) return address;
  }
  return null;
};
