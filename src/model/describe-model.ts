// The whole model as one document that says what may be relied on and nothing of texts: what releases of the catalogue keep and the gate compares. Called
// by the metamodel API.
import type { Attribute, ContractMark, Model, ModelClass, Multiplicity, Relation, Sensitivity } from './model.ts';

export type DescribedAttribute = {
  readonly type: string;
  readonly optional: boolean;
  readonly list: boolean;
  readonly identifier: boolean;
  readonly writeable: boolean;
  readonly sensitivity: Sensitivity;
  readonly contract: ContractMark | null;
  readonly values: readonly string[] | null;
};

export type DescribedRelation = {
  readonly target: string;
  readonly multiplicity: Multiplicity;
  readonly inverse: string | null;
  readonly contract: ContractMark | null;
};

export type DescribedClass = {
  readonly kind: ModelClass['kind'];
  readonly superclass: string | null;
  readonly writeable: boolean;
  readonly servedAt: readonly string[];
  readonly naturalKey: readonly string[];
  /** With it begin the ids that are made of keys. */
  readonly number: number | null;
  /** By JSON name. */
  readonly attributes: Readonly<Record<string, DescribedAttribute>>;
  readonly relations: Readonly<Record<string, DescribedRelation>>;
};

export type DescribedModel = { readonly classes: Readonly<Record<string, DescribedClass>> };

export const describedModelType = 'application/vnd.bindeledd.model+json';

/** `utdanning/elev/Elev`: as the address of its JSON Schema ends. */
const nameOf = ({ package: path, className }: ModelClass): string => `${path}/${className}`;

/** Everything that may be relied on, by class. */
export const describeModel = (model: Model): DescribedModel => {
  const nameOfKey = (key: string): string => {
    const of = model.classes.get(key);
    return of === undefined ? key : nameOf(of);
  };
  const servedAt = (of: ModelClass): readonly string[] =>
    [...model.collections.values()].filter((one) => one.class === of).map((one) => one.path);
  const attribute = (one: Attribute): DescribedAttribute => ({
    type: one.type.kind === 'primitive' ? one.type.primitive : nameOfKey(one.type.class),
    optional: one.optional,
    list: one.list,
    identifier: one.identifier,
    writeable: one.writeable,
    sensitivity: one.sensitivity,
    contract: one.contract,
    values: one.values,
  });
  const relation = (one: Relation): DescribedRelation => ({
    target: nameOfKey(one.target),
    multiplicity: one.multiplicity,
    inverse: one.inverse,
    contract: one.contract,
  });
  const classes = [...model.classes.values()].map((of): readonly [string, DescribedClass] => [
    nameOf(of),
    {
      kind: of.kind,
      superclass: of.superclass === null ? null : nameOfKey(of.superclass),
      writeable: of.writeable,
      servedAt: servedAt(of).toSorted(),
      naturalKey: of.naturalKey,
      number: of.number,
      attributes: Object.fromEntries(of.attributes.map((one) => [one.jsonName, attribute(one)])),
      relations: Object.fromEntries(of.relations.map((one) => [one.jsonName, relation(one)])),
    },
  ]);
  return { classes: Object.fromEntries(classes.toSorted(([a], [b]) => (a < b ? -1 : 1))) };
};

/** The document as text: a class a line, so that what differs is seen. */
export const describedText = ({ classes }: DescribedModel): string =>
  `{"classes":{\n${Object.entries(classes)
    .map(([name, of]) => `${JSON.stringify(name)}:${JSON.stringify(of)}`)
    .join(',\n')}\n}}\n`;
