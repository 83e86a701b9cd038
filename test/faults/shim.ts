// Builds shim.c and tells it what to break. Used by the fault suites; says plainly when this machine has no compiler for it.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';

export const errors = { noSpace: 28, inputOutput: 5 } as const;

export type Faults = {
  /** Environment of the process that is to misbehave. */
  readonly environment: Readonly<Record<string, string>>;
  /** The `nth` write (or sync) from now on fails once, or from then on always. */
  readonly arm: (
    kind: 'write' | 'sync',
    nth: number,
    how?: { readonly error?: number; readonly always?: boolean; readonly torn?: boolean },
  ) => void;
  readonly disarm: () => void;
  /** Writes and syncs seen since the start. */
  readonly seen: () => { readonly writes: number; readonly syncs: number };
  /** Seconds added to the wall clock from now on. */
  readonly shiftClock: (seconds: number) => void;
  readonly close: () => void;
};

const fields = { failWrite: 0, failSync: 1, error: 2, sticky: 3, writes: 4, syncs: 5, shift: 6, torn: 7 } as const;

/** Compiles the shim into a folder; null where there is no C compiler or no way to preload. */
export const buildShim = (folder: string): string | null => {
  if (process.platform !== 'linux') return null;
  const library = path.join(folder, 'shim.so');
  const source = path.join(import.meta.dirname, 'shim.c');
  const built = spawnSync('gcc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], { encoding: 'utf8' });
  if (built.status === 0) return library;
  if (built.error === undefined) throw new Error(`the shim does not compile: ${built.stderr}`);
  return null;
};

/** Faults for files below `watched`; the control file goes into `folder`. */
export const createFaults = (library: string, folder: string, watched: string): Faults => {
  const control = path.join(folder, 'faults.control');
  writeFileSync(control, Buffer.alloc(8 * Object.keys(fields).length));
  const file = openSync(control, 'r+');
  const cell = Buffer.alloc(8);
  const set = (field: keyof typeof fields, value: number): void => {
    cell.writeBigInt64LE(BigInt(value));
    writeSync(file, cell, 0, 8, fields[field] * 8);
  };
  const get = (field: keyof typeof fields): number => {
    readSync(file, cell, 0, 8, fields[field] * 8);
    return Number(cell.readBigInt64LE());
  };
  return {
    environment: { LD_PRELOAD: library, FAULTS_CONTROL: control, FAULTS_FOLDER: watched },
    arm: (kind, nth, how = {}) => {
      set('error', how.error ?? errors.inputOutput);
      set('sticky', how.always === true ? 1 : 0);
      set('torn', how.torn === true ? 1 : 0);
      set(kind === 'write' ? 'failWrite' : 'failSync', nth);
    },
    disarm: () => {
      set('failWrite', 0);
      set('failSync', 0);
    },
    seen: () => ({ writes: get('writes'), syncs: get('syncs') }),
    shiftClock: (seconds) => set('shift', seconds),
    close: () => closeSync(file),
  };
};
