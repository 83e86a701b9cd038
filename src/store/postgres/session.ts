// What every connection of the product asks of the server for itself, whatever the server, the database or the role says: one place for hubs
// (driver.ts), for `bindeledd migrate` (migrate.ts) and for `bindeledd copy` (transfer.ts). Knows no table.
import type { Sql } from './database.ts';
import { Wire } from './wire.ts';

export type SessionOptions = {
  /** Of one server. */
  readonly url: string;
  /** Shown to the operator of the server. */
  readonly applicationName: string;
  readonly connectMs: number;
  /** Ms; 0 = as long as it takes. */
  readonly statementMs: number;
  readonly lockMs: number;
  /** Ms that a transaction may ask nothing before the server ends its connection; 0 = for ever. */
  readonly idleMs: number;
  /** Further settings, `name=value`. */
  readonly more?: readonly string[];
};

const always = [
  'search_path=bindeledd',
  'jit=off',
  'TimeZone=UTC',
  'client_min_messages=warning',
  // Who has waited for a row must see it as it is now, and nobody's rows are seen by default.
  String.raw`default_transaction_isolation=read\ committed`,
  'bindeledd.tenant=',
  // A machine that is gone without a word holds its locks for fifteen seconds, not for two hours.
  'tcp_keepalives_idle=5',
  'tcp_keepalives_interval=5',
  'tcp_keepalives_count=2',
  'tcp_user_timeout=15000',
];

// What is acknowledged is on the disk, and on the standby where one is waited for; who waits for more goes on doing so.
const durably: Sql = {
  name: 'durably',
  text: `SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')`,
};

// A process that has died while its statement runs is noticed then. Servers on some systems cannot, and refuse to be asked.
const attentively: Sql = {
  name: 'attentively',
  text: `SELECT set_config('client_connection_check_interval', '5000', false)`,
};

/** Connects to one server. Rejects with the driver's own error, and leaves nothing open then. */
export const openSession = async (options: SessionOptions): Promise<Wire> => {
  const { url, applicationName, connectMs, statementMs, lockMs, idleMs, more = [] } = options;
  const settings = [
    ...always,
    ...more,
    `statement_timeout=${statementMs}`,
    `lock_timeout=${lockMs}`,
    `idle_in_transaction_session_timeout=${idleMs}`,
  ];
  const wire = await Wire.open({ url, applicationName, connectMs, settings });
  const asked = [wire.query(durably, [], null), wire.query(attentively, [], null).catch(() => [])];
  try {
    await Promise.all(asked);
    return wire;
  } catch (error) {
    wire.destroy(error instanceof Error ? error : new Error('not connected'));
    throw error;
  }
};
