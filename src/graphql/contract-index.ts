// Which part of a face is offered under which contract, for machines (facts 2.3). Called by the APIs; holds every part that any flag opens.
import type { ContractMark } from '#model/model.ts';
import { madeTypes } from './made-types.ts';
import { within } from './marks.ts';
import type { Face, FaceInput, FaceType, Marks } from './face.ts';

export type ContractEntry = {
  /** `Type`, `Type.field`, `Type.field(argument:)`, `Enum.VALUE`. */
  readonly coordinate: string;
  /** The mark of the part or of what it stands in, whichever is less firm; null = that of the API. */
  readonly status: ContractMark | null;
  readonly flags: readonly string[];
  /** Why it should not be used any more, and what instead. */
  readonly deprecated: string | null;
  /** The day since which it is offered so; null = not known. */
  readonly since: string | null;
};

/** Every part of a face by its coordinate, sorted. */
export const contractIndex = (face: Face): readonly ContractEntry[] =>
  [...face.types, ...madeTypes(face)]
    .flatMap((type) => [entry(type.name, type.marks), ...parts(type)])
    .map((one): ContractEntry => ({ ...one, since: face.since?.(one.coordinate) ?? null }))
    .toSorted((a, b) => (a.coordinate < b.coordinate ? -1 : 1));

type Marked = Omit<ContractEntry, 'since'>;

const entry = (coordinate: string, { contract, flags, deprecated }: Marks): Marked => ({
  coordinate,
  status: contract,
  flags: flags ?? [],
  deprecated,
});

const parts = (type: FaceType): readonly Marked[] => {
  const of = (name: string, marks: Marks): Marked => entry(`${type.name}.${name}`, within(type.marks, marks));
  switch (type.kind) {
    case 'object':
    case 'interface':
      return type.fields.flatMap((field) => [
        of(field.name, field.marks),
        ...field.args.map(({ name, marks }: FaceInput) =>
          entry(`${type.name}.${field.name}(${name}:)`, within(within(type.marks, field.marks), marks)),
        ),
      ]);
    case 'enum':
      return type.values.map(({ name, marks }) => of(name, marks));
    case 'input':
      return type.fields.map(({ name, marks }) => of(name, marks));
    case 'union':
    case 'scalar':
      return [];
  }
};
