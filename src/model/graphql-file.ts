// Reads files of GraphQL APIs beside the model (`graphql/*.yaml`), and says line by line what is wrong with them. Called by the readers of roots, mutations
// and events, which know what stands in them.
import { problem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { located, parseFile, type Complaint, type Finding } from './findings.ts';
import type { Entry, Reading } from './graphql-entry.ts';
import type { Model } from './model.ts';

/**
 * Takes the texts of all such files by their names in findings, and the names of those wanted (`graphql/roots.yaml`); of what is not
 * there the top is that of an empty file. `read` gets the tops by name, and is not called where one of them is no YAML. Fails with HUB-200 and one item (`file:line`, rule and
 * message) per fault.
 */
export const readGraphqlFile = <T>(
  texts: ReadonlyMap<string, string>,
  names: readonly string[],
  model: Model,
  read: (topOf: (name: string) => Entry, reading: Reading) => T,
): Result<T | null> => {
  const findings: Finding[] = [];
  const complaints: Complaint[] = [];
  const tops = new Map<string, Entry>();
  for (const name of names) {
    const [file, text] = heldAs(texts, name) ?? [name, ''];
    const { document, lines } = parseFile(text);
    for (const { pos, message } of document.errors)
      findings.push({ file, line: lines.linePos(pos[0]).line, rule: 'yaml-syntax', message });
    tops.set(name, { at: { file, path: [] }, value: document.errors.length > 0 ? {} : document.toJS() });
  }
  const topOf = (name: string): Entry => tops.get(name) ?? { at: { file: name, path: [] }, value: {} };
  const reading: Reading = { model, complain: (at, rule, message) => complaints.push({ ...at, rule, message }) };
  const value = findings.length > 0 ? null : read(topOf, reading);
  findings.push(...located(complaints, texts));
  const [first] = findings;
  if (first === undefined) return ok(value);
  return failed(
    problem('HUB-200', `${findings.length} finding(s); the first: ${first.file}:${first.line} ${first.message}`, {
      errors: findings.map((one) => ({
        at: `${one.file}:${one.line}`,
        message: `${one.rule}: ${one.message}`,
        code: 'HUB-200',
      })),
    }),
  );
};

/** The file of a name, under the name that it has in findings. */
export const heldAs = (texts: ReadonlyMap<string, string>, name: string): readonly [string, string] | undefined =>
  [...texts].find(([held]) => held === name || held.endsWith(`/${name}`));
