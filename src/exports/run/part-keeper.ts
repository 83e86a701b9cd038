// The file of a run while it grows: text is gathered to parts; each is sealed (part-sealer.ts: checked, hashed, compressed) while the next is written, and
// handed on, in order. What has not passed the check goes nowhere. Called by export-run.ts; knows no format and no store.
import { limits } from '#base/limits.ts';
import type { RosterFinding, RosterWriter } from '#formats/roster.ts';
import type { ExportPart } from '#store/exports.ts';
import type { PartSealer, SealedPart } from './part-sealer.ts';

export type PartKeeperDeps = {
  readonly frame: RosterWriter['frame'];
  readonly sealer: Pick<PartSealer, 'seal' | 'sha256'>;
  /** How many rules have been broken so far. */
  readonly found: () => number;
  /** Keeps a part, durably. Rejects when the run is somebody else's by now. */
  readonly keep: (part: ExportPart) => Promise<void>;
};

export type PartKeeper = {
  /** Adds text; resolves when more is wanted. Rejects with `CheckFailed`. */
  readonly add: (text: string) => Promise<void> | null;
  /** Makes a part of what there is, so that whoever follows gets it. */
  readonly flush: () => Promise<void>;
  /** From here on parts wait in memory until `release`. */
  readonly hold: () => Promise<void>;
  readonly release: () => Promise<void>;
  /** Adds the end of the file; resolves when all of it is kept, or waits where it is held. */
  readonly end: (text: string) => Promise<{ readonly sha256: string; readonly bytes: number }>;
};

/** A part did not pass. `count` = how many findings there are. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
  readonly findings: readonly RosterFinding[];
  constructor(findings: readonly RosterFinding[]) {
    super('A part of the file did not pass its check.');
    this.findings = findings;
  }
}

// Parts that are sealed while the next is written.
const underWay = 3;

// Of a letter in UTF-8 at most, and what is left over for the entry that fills a part.
const bytesOfLetter = 3;
const room = 32_768;

const emptyPart = (): Buffer<ArrayBuffer> => Buffer.allocUnsafeSlow(limits.exportPartBytes + room);

type Sealing = { readonly seq: number; readonly made: Promise<SealedPart>; readonly broken: boolean };

/** Begins a file. */
export const createPartKeeper = ({ frame, sealer, found, keep }: PartKeeperDeps): PartKeeper => {
  let text = emptyPart();
  let filled = 0;
  let [seq, offset] = [0, 0];
  const sealing: Sealing[] = [];
  let waiting: ExportPart[] | null = null;

  /** At once: texts that are gathered first live long enough to be moved about by the collector. */
  const write = (more: string): void => {
    if (filled + bytesOfLetter * more.length <= text.length) {
      filled += text.write(more, filled);
      return;
    }
    const bytes = Buffer.from(more);
    if (filled + bytes.length > text.length) {
      const larger = Buffer.allocUnsafeSlow(filled + bytes.length + room);
      larger.set(text.subarray(0, filled));
      text = larger;
    }
    text.set(bytes, filled);
    filled += bytes.length;
  };

  const keepFirst = async (): Promise<void> => {
    const first = sealing.shift();
    if (first === undefined) return;
    const sealed = await first.made;
    if (sealed.kind === 'invalid') throw new CheckFailed(sealed.findings);
    if (first.broken) throw new CheckFailed([]);
    const part = { seq: first.seq, offset, ...sealed.segment };
    offset += part.length;
    if (waiting === null) await keep(part);
    else waiting.push(part);
  };

  const seal = async (last: boolean): Promise<void> => {
    const { before, after } = frame();
    const part = text.subarray(0, filled);
    [text, filled] = [emptyPart(), 0];
    const made = sealer.seal({ before: seq === 0 ? '' : before, text: part, after: last ? '' : after });
    // Whoever waits for it hears of it.
    made.catch(() => {});
    const broken = found() > 0;
    sealing.push({ seq, made, broken });
    seq += 1;
    // What follows would go nowhere either.
    while (sealing.length >= (broken ? 1 : underWay)) await keepFirst();
  };

  const settle = async (): Promise<void> => {
    while (sealing.length > 0) await keepFirst();
  };

  const flush = async (): Promise<void> => {
    if (filled > 0) await seal(false);
    await settle();
  };

  return {
    add: (more) => {
      write(more);
      return filled >= limits.exportPartBytes ? seal(false) : null;
    },
    flush,
    hold: async () => {
      await flush();
      waiting ??= [];
    },
    release: async () => {
      await settle();
      const held = waiting ?? [];
      waiting = null;
      for (const part of held) await keep(part);
    },
    end: async (more) => {
      write(more);
      await seal(true);
      await settle();
      return { sha256: await sealer.sha256(), bytes: offset };
    },
  };
};
