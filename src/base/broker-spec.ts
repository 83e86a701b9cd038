// A broker of messages as the operator's file names it. Read by config, used by the way that leads there; here, since neither may know the other.

/** One for each organisation that may use it. */
export type BrokerSpec = {
  readonly name: string;
  /** The one that may use it; nobody else learns that it exists. */
  readonly organisation: string;
  readonly host: string;
  readonly port: number;
  /** Without it: of this machine alone. */
  readonly tls: boolean;
  readonly vhost: string;
  readonly user: string;
  readonly passwordFile: string;
  /** Certificates that are trusted instead of those of the runtime. */
  readonly caFile: string | null;
  readonly exchange: string;
};
