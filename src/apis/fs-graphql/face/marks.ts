// Under which contract the parts of the face are offered. Used by the other files of this folder.
import type { Marks } from '#graphql/face.ts';
import type { Deprecation } from '#model/graphql-contracts.ts';
import type { Attribute, ContractMark, Model, Relation } from '#model/model.ts';
import type { GraphqlRoots, Offer } from '#model/graphql-roots.ts';

/** As the API as a whole. */
export const firm: Marks = { contract: null, deprecated: null };

export const marked = (contract: ContractMark | null, deprecated: string | null = null): Marks => ({
  contract: contract === 'production' ? null : contract,
  deprecated,
});

/** Members of values take the mark of what uses them. What is neither marked nor of a core class is experimental, and so is what we add. */
export const marksOfMember = (
  member: Attribute | Relation,
  model: Model,
  roots: Pick<GraphqlRoots, 'marks'>,
): Marks => {
  const reason = member.deprecated ? 'Skal ikke brukes lenger. No longer to be used.' : null;
  const from = model.classes.get(member.from);
  if (from?.kind === 'complex') return marked(null, reason);
  const usual = from?.core === true && member.extension === null ? null : 'experimental';
  return marked(roots.marks.get(member.jsonName) ?? member.contract ?? usual, reason);
};

/** The mark of a root field; one that has a successor says which, and when it goes at the earliest. */
export const marksOfOffer = ({ contract, deprecated }: Offer): Marks =>
  marked(contract, deprecated === null ? null : reasonOf(deprecated));

/** Why a part should not be used any more: what to use, and when it goes at the earliest. */
export const reasonOf = ({ instead, until }: Deprecation): string =>
  `Bruk ${instead}.${until === null ? '' : ` Fjernes tidligst ${until.split('-').toReversed().join('.')}.`}`;
