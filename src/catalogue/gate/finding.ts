// What the gate finds when it compares what an API was with what it is, and the shape of everything that compares. Shared by the differences of
// every kind of description; knows no kind, and neither dates nor announcements.
import type { ChangeKind, Coordinate, Status } from '../contract.ts';

/** One difference, classed by what it is to those who use the part (facts 7.5). */
export type GateFinding = {
  readonly api: string;
  /** What has changed, as it was called before; for what is new, as it is called now. */
  readonly coordinate: Coordinate;
  readonly kind: ChangeKind;
  /** Stable and short, `response-member-removed`; the same word for the same thing whatever the kind of description. */
  readonly rule: string;
  /** One sentence, which begins with what the coordinate does not say and ends with a full stop. */
  readonly text: string;
  /** The name of the artefact in which it shows. */
  readonly artefact: string;
};

/** What is compared: the same artefact before and now. */
export type Compared = {
  readonly api: string;
  readonly artefact: string;
  /** What was promised of the API as a whole, and so of parts without a mark; absent = production. */
  readonly status?: Status;
};

/** Gives the differences between two texts of one artefact, in no promised order; none where they say the same. Throws where a text is not of its kind. */
export type Differ = (before: string, after: string, of: Compared) => readonly GateFinding[];
