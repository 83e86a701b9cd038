// The file of a run while it grows: text is gathered to parts; each is held against the schema as a document of its own, counted into the hash of the
// file, compressed and handed on, in order. What has not passed the check goes nowhere. Called by export-run.ts; knows no format and no store.
import { createHash } from 'node:crypto';
import { deflateSegment } from '#base/gzip.ts';
import { limits } from '#base/limits.ts';
import type { RosterFinding, RosterWriter } from '#formats/roster.ts';
import type { ExportPart } from '#store/exports.ts';

export type PartKeeperDeps = {
  readonly frame: RosterWriter['frame'];
  /** Findings of a whole document; [] when it is valid. */
  readonly check: (document: Buffer) => readonly RosterFinding[];
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

// Parts that are compressed while the next is written.
const underWay = 3;

/** Begins a file. */
export const createPartKeeper = ({ frame, check, found, keep }: PartKeeperDeps): PartKeeper => {
  const hash = createHash('sha256');
  let text = '';
  let [seq, offset] = [0, 0];
  const compressing: Promise<ExportPart>[] = [];
  let waiting: ExportPart[] | null = null;

  const keepFirst = async (): Promise<void> => {
    const part = await compressing.shift();
    if (part === undefined) return;
    if (waiting === null) await keep(part);
    else waiting.push(part);
  };

  const seal = async (last: boolean): Promise<void> => {
    const plain = Buffer.from(text);
    text = '';
    const { before, after } = frame();
    const pieces = [...(seq === 0 ? [] : [Buffer.from(before)]), plain, ...(last ? [] : [Buffer.from(after)])];
    const findings = check(Buffer.concat(pieces));
    if (findings.length > 0 || found() > 0) throw new CheckFailed(findings);
    hash.update(plain);
    const place = { seq, offset };
    seq += 1;
    offset += plain.length;
    const made = deflateSegment(plain).then((segment) => ({ ...place, ...segment }));
    // Whoever waits for it hears of it.
    made.catch(() => {});
    compressing.push(made);
    while (compressing.length >= underWay) await keepFirst();
  };

  const settle = async (): Promise<void> => {
    while (compressing.length > 0) await keepFirst();
  };

  const flush = async (): Promise<void> => {
    if (text !== '') await seal(false);
    await settle();
  };

  return {
    add: (more) => {
      text += more;
      return text.length >= limits.exportPartBytes ? seal(false) : null;
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
      text += more;
      await seal(true);
      await settle();
      return { sha256: hash.digest('hex'), bytes: offset };
    },
  };
};
