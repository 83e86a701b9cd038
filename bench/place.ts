// Where the data of a measurement are: the files of a folder, or a database of the server that the runner has started. Passed between
// datasets.ts and what opens the data.

export type EngineName = 'sqlite' | 'postgres';

export type Place =
  | { readonly engine: 'sqlite'; readonly folder: string }
  | {
      readonly engine: 'postgres';
      /** As the hub. */
      readonly url: string;
      /** As a role that row-level security does not bind: for what is measured beside the hub. */
      readonly adminUrl: string;
      /** Microseconds of CPU that the connections to the server have used so far. */
      readonly cpu: () => number;
    };
