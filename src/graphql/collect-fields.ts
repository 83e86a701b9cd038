// Which fields of a selection are wanted of an object, in the order and by the rules of the specification: fragments merged, conditions decided.
// Called by compile-plan.ts for every type that an object may have.
import { Kind, type FieldNode, type FragmentDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';
import type { OpenFace } from './open-face.ts';

/** One name of the answer: all the places where it is asked for. The first says the arguments; validation has seen that the others say the same. */
export type Collected = { readonly key: string; readonly nodes: readonly [FieldNode, ...FieldNode[]] };

export type Collecting = {
  readonly open: OpenFace;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The variables that conditions ask for. */
  readonly conditions: ReadonlyMap<string, boolean>;
};

/** The fields of selections on one object type. */
export const collectFields = (
  sets: readonly (SelectionSetNode | undefined)[],
  type: string,
  collecting: Collecting,
): readonly Collected[] => {
  const found = new Map<string, [FieldNode, ...FieldNode[]]>();
  const seen = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (!isWanted(selection, collecting)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const before = found.get(key);
        if (before === undefined) found.set(key, [selection]);
        else before.push(selection);
        continue;
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value;
        if (on === undefined || applies(on, type, collecting)) collect(selection.selectionSet);
        continue;
      }
      const fragment = collecting.fragments.get(selection.name.value);
      if (fragment === undefined || seen.has(selection.name.value)) continue;
      if (!applies(fragment.typeCondition.name.value, type, collecting)) continue;
      seen.add(selection.name.value);
      collect(fragment.selectionSet);
    }
  };
  for (const set of sets) if (set !== undefined) collect(set);
  return [...found].map(([key, nodes]) => ({ key, nodes }));
};

const applies = (condition: string, type: string, { open }: Collecting): boolean =>
  condition === type || (open.members.get(condition)?.includes(type) ?? false);

const isWanted = ({ directives }: SelectionNode, { conditions }: Collecting): boolean => {
  for (const { name, arguments: given } of directives ?? []) {
    if (name.value !== 'skip' && name.value !== 'include') continue;
    const value = given?.[0]?.value;
    const holds =
      value?.kind === Kind.BOOLEAN ? value.value : value?.kind === Kind.VARIABLE && conditions.get(value.name.value);
    if (holds === (name.value === 'skip')) return false;
  }
  return true;
};

/** The variables that conditions of an operation ask for, by name, sorted; those of all fragments included. */
export const conditionsOf = (
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): readonly string[] => {
  const names = new Set<string>();
  const look = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      for (const { name, arguments: given } of selection.directives ?? []) {
        const value = given?.[0]?.value;
        if ((name.value === 'skip' || name.value === 'include') && value?.kind === Kind.VARIABLE)
          names.add(value.name.value);
      }
      if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet !== undefined) look(selection.selectionSet);
    }
  };
  look(set);
  for (const { selectionSet } of fragments.values()) look(selectionSet);
  return [...names].toSorted();
};
