// The store as a run sees it: of its own attempt alone, as long as its holder has the run. Used wherever runs are made.
import { HubError, problem } from '#base/errors.ts';
import type { ExportStore } from '#store/exports.ts';
import type { RunPlace } from './export-run.ts';

/** What whoever started a run hears of it. */
export type RunWatch = {
  readonly progress: RunPlace['progress'];
  /** A part more is there for whoever follows. */
  readonly part: () => void;
  readonly signal: AbortSignal;
};

const held = (is: boolean): void => {
  if (!is) throw new HubError(problem('HUB-409', 'The export is made by somebody else by now.'));
};

/** Rejects with HUB-409 once the run is somebody else's. */
export const runPlace = (
  store: ExportStore,
  { run, holder }: { readonly run: string; readonly holder: string },
  { progress, part, signal }: RunWatch,
): RunPlace => ({
  manifest: async (id) => store.manifest(id),
  addPart: async (made) => {
    signal.throwIfAborted();
    held(await store.addPart(run, holder, made));
    part();
  },
  putManifest: async (seq, bytes) => held(await store.putManifest(run, holder, seq, bytes)),
  putDetails: async (bytes) => held(await store.putDetails(run, holder, bytes)),
  progress,
  signal,
});
