// What the files of writing work with: the parts that app/compose.ts hands over, and what writing.ts makes of them once.
import type { Clock } from '#base/clock.ts';
import type { Random } from '#base/random.ts';
import type { Model } from '#model/model.ts';
import type { Environment, Store } from '#store/store.ts';
import type { Authorizer } from './authorize.ts';
import type { Records } from './records.ts';
import type { Rendering } from './rendering.ts';
import type { Signals } from './signals.ts';
import type { Tokens } from './tokens.ts';
import type { WriteBodies } from './writing-body.ts';
import type { EventTimes } from './writing-events.ts';
import type { Waiting } from './writing-waiting.ts';

export type WritingDeps = {
  readonly model: Model;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly authorizer: Authorizer;
  readonly tokens: Tokens;
  readonly signals: Signals;
  readonly baseUrl: () => string;
  /** Says which national ids can be written; absent = all. */
  readonly environment?: Environment;
  /** Where the organisation says nothing else. */
  readonly times: EventTimes;
};

/** What the files of writing work with. */
export type WritingContext = WritingDeps & {
  readonly bodies: WriteBodies;
  readonly waiting: Waiting;
  readonly rendering: Rendering;
  readonly records: Records;
};
