// The file that is being written, as the parts of the writer know it. A type only.
import type { RosterId, RosterWriterOptions } from '../roster.ts';
import type { PifuProfile } from './codes.ts';

/** What the parts of the writer share: the profile, where losses are told, and how ids are written once the file has begun. */
export type PifuFile = {
  readonly is: PifuProfile;
  readonly dropped: RosterWriterOptions['dropped'];
  readonly sourcedid: (id: RosterId) => string;
};
