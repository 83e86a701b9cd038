// The schema that the documents of a client are held against: of the levels that an API publishes, the one that its flags open. Called by replay.ts and by the
// admin API; knows the texts of schemas by their names alone.
import type { ReleasedArtefact } from './release-set.ts';

type Described = Pick<ReleasedArtefact, 'name' | 'type' | 'text'>;

/**
 * The text of the schema that an API describes for these flags: that of the least firm of them, which has what is firmer too. Null where it describes none.
 * `described` holds the artefacts of one API.
 */
export const clientSchema = (described: readonly Described[], flags: readonly string[]): string | null => {
  const level = ['experimental', 'beta'].find((flag) => flags.includes(flag)) ?? 'production';
  const schemas = described.filter(({ type }) => type.startsWith('application/graphql'));
  const named = (name: string): Described | undefined => schemas.find((one) => one.name.endsWith(`/${name}.graphql`));
  return (named(level) ?? named('schema') ?? null)?.text ?? null;
};

/** The text of the schema with everything that an API describes; null where it describes none. */
export const widestSchema = (described: readonly Described[]): string | null =>
  clientSchema(described, ['experimental', 'beta']);
