// What a cursor of events stands for, as text: where in the feed, in which history of it, and what its holder could see then. Sealed by
// entity-events.ts before anybody gets it; pure.
/** A place in the feed. */
export type EventCursor = {
  /** Position up to which everything has been told. */
  readonly after: number;
  /** Id of the sight that this is told of. */
  readonly was: string;
  /** Name of the feed's epoch. */
  readonly epoch: string;
  /** Position that the feed had when this sight was known: it may show what came after `after`, and nothing that came later than this. */
  readonly top: number;
  /** When it was given; epoch ms. */
  readonly at: number;
  /** The civil day that this sight was made by, where what falls due is followed; else ''. */
  readonly day: string;
  /**
   * While the stretch behind `after` is being told: up to where the stretch goes, the sight at its end, and the last event told of it. Null between
   * stretches.
   */
  readonly part: {
    readonly to: number;
    readonly is: string;
    /** As `top`, of the sight at its end. */
    readonly top: number;
    readonly mark: EventMark;
    /** As `day`, of the sight at its end. */
    readonly day: string;
  } | null;
};

/** The place of an event among those of its stretch. */
export type EventMark = readonly [position: number, stream: number, uid: number];

export const compareMarks = (a: EventMark, b: EventMark): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];

export const writeCursor = ({ after, was, epoch, top, at, day, part }: EventCursor): string => {
  const stretch = part === null ? [] : [part.to, part.is, part.top, part.mark, part.day];
  return JSON.stringify([after, was, epoch, top, at, day, ...stretch]);
};

type Place = readonly [after: number, was: string, epoch: string, top: number, at: number];
type Part = readonly [to?: number, is?: string, top?: number, mark?: EventMark, day?: string];
/** Those given before days were followed have none. */
type Written = readonly [...Place, string, ...Part] | readonly [...Place, ...Part];

/** Reads what `writeCursor` has made, and nobody else: it comes out of a seal. */
export const readCursor = (text: string): EventCursor => {
  const written: Written = JSON.parse(text);
  const [after, was, epoch, top, at] = written;
  const day = typeof written[5] === 'string' ? written[5] : '';
  // The type cannot say which of the two forms it is by what stands at one place.
  const [to, is, end, mark, until = ''] = written.slice(typeof written[5] === 'string' ? 6 : 5) as unknown as Part;
  const isWhole = to === undefined || is === undefined || end === undefined || mark === undefined;
  const part = isWhole ? null : { to, is, top: end, mark, day: until };
  return { after, was, epoch, top, at, day, part };
};

export type Epochs = readonly { readonly name: string; readonly until: number | null }[];

/** Name of the present epoch; '' while there is none. */
export const epochNow = (epochs: Epochs): string => epochs.at(-1)?.name ?? '';

/**
 * True when what the cursor stands for is still a part of the feed: not of a stretch that was lost with a copy put back or a server gone, not
 * ahead of the feed, and given no longer ago than `lifeMs`.
 */
export const stands = (
  cursor: EventCursor,
  epochs: Epochs,
  { position, now, lifeMs }: { readonly position: number; readonly now: number; readonly lifeMs: number },
): boolean => {
  const top = cursor.part?.top ?? cursor.top;
  if (top > position || now - cursor.at > lifeMs) return false;
  if (epochs.length === 0) return cursor.epoch === '';
  const at = epochs.findLastIndex(({ name }) => name === cursor.epoch);
  if (at === -1) return false;
  // Where an epoch ended, what came later in it, or in any before the next, is lost.
  return epochs.slice(at, -1).every(({ until }) => until === null || top <= until);
};

/** True when it is time to hand out a fresh cursor to one who hears of nothing. */
export const isOld = ({ at }: Pick<EventCursor, 'at'>, now: number, lifeMs: number): boolean => now - at > lifeMs / 2;
