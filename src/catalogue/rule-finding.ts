// What the rules of the catalogue find in releases, changes and marks. Shared by calendar.ts, change-log.ts and status-rules.ts; whoever reads the data or holds a
// release to them shows it.

/** Something that breaks a rule. */
export type RuleFinding<Rule extends string = string> = {
  /** Stable and short, `release-season`. */
  readonly rule: Rule;
  /** What it is about: `release 3`, the id of a change, a coordinate. */
  readonly at: string;
  /** A sentence that says what is wrong and what would be right. */
  readonly text: string;
};
