// The advisory locks of the database, all of them: two kinds of work never share one by accident. Each is held until the end of a transaction;
// the first number says what for, the second is that of the organisation, or 0. Used by whatever takes one, and by app/engine.ts. Pure.

/** What each first number is for. Numbers are never given anew: processes of the version before take them too. */
export const lockFor = {
  /** Changes to an organisation, one transaction after the other over all processes. */
  writing: 1,
  /** What quality has found of an organisation. */
  quality: 2,
  /** Signatures under an organisation's audit. */
  sealing: 3,
  /** What is delivered in turn by one process: 0 for the organisation. */
  delivering: 4,
  /** Which run of an organisation's exports is begun next. */
  exporting: 5,
} as const;
