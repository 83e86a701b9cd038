// Turns the records of a PIFU-IMS file into entries for collections of the model: one pass over the records as they come, then one over the persons,
// who are written when it is known what they are. In memory: some twenty bytes for each person and each membership, and the groups. Called by the
// command line. Knows no XML, no HTTP and no store; which class is what stands in mappings/.
import type { PifuHead, PifuRecord } from '#formats/pifu/record.ts';
import { finisher } from './finish.ts';
import { groupTaker } from './groups.ts';
import { memberTaker } from './members.ts';
import { personTaker } from './persons.ts';
import type { KnownGroup } from './ports.ts';
import { createState, type ImportOptions } from './state.ts';

export type ImportedFile = {
  readonly head: PifuHead;
  readonly records: { readonly persons: number; readonly groups: number; readonly members: number };
  /** What has no place in the model, by element. */
  readonly unplaced: ReadonlyMap<string, number>;
  /** Ids that held a national id, and were replaced. */
  readonly hiddenIds: number;
  /** The groups that are known now. */
  readonly groups: readonly KnownGroup[];
};

export type Import = {
  readonly take: (record: PifuRecord) => void;
  /** After the last record: writes what waited for it. */
  readonly finish: () => ImportedFile;
};

/** Builds the import of one file. Fails by throwing only when a sink does. */
export const createImport = (options: ImportOptions): Import => {
  const state = createState(options);
  const takePerson = personTaker(state);
  const groups = groupTaker(state);
  const takeMember = memberTaker(state, groups);
  const finish = finisher(state);
  return {
    take: (record) => {
      switch (record.kind) {
        case 'head':
          return state.begin(record);
        case 'person':
          return takePerson(record);
        case 'group':
          return groups.take(record);
        case 'member':
          return takeMember(record);
      }
    },
    finish: () => {
      const head = state.head();
      groups.settle();
      groups.finish();
      finish();
      return {
        head,
        records: { ...state.counts },
        unplaced: state.unplaced,
        hiddenIds: state.keys.hidden(),
        groups: [...state.groups.values()].flatMap(({ here: _here, gone, ...known }) => (gone ? [] : [known])),
      };
    },
  };
};
