// Reads files of GraphQL APIs beside the model (`graphql/*.yaml`), and says line by line what is wrong with them. Called by the readers of roots, mutations,
// events and examples, which know what stands in them.
import { problem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { located, parseFile, type Complaint, type Finding } from './findings.ts';
import type { Entry, PlainReading, Reading } from './graphql-entry.ts';
import type { Model } from './model.ts';

type Read<R, T> = (topOf: (name: string) => Entry, reading: R) => T;

/**
 * Takes the texts of all such files by their names in findings, and the names of those wanted (`graphql/roots.yaml`); of what is not there the top is that
 * of an empty file. `read` gets the tops by name, and is not called where one of them is no YAML. Fails with HUB-200 and one item (`file:line`, rule and
 * message) per fault.
 */
export const readGraphqlFile = <T>(
  texts: ReadonlyMap<string, string>,
  names: readonly string[],
  model: Model,
  read: Read<Reading, T>,
): Result<T> => readPlainFiles(texts, names, (topOf, { complain }) => read(topOf, { model, complain }));

/** The same for files that name nothing of the model. */
export const readPlainFiles = <T>(
  texts: ReadonlyMap<string, string>,
  names: readonly string[],
  read: Read<PlainReading, T>,
): Result<T> => {
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
  if (findings.length === 0) {
    const value = read(topOf, { complain: (at, rule, message) => complaints.push({ ...at, rule, message }) });
    if (complaints.length === 0) return ok(value);
    findings.push(...located(complaints, texts));
  }
  return failed(
    problem(
      'HUB-200',
      `${findings.length} finding(s); the first: ${findings[0]?.file}:${findings[0]?.line} ${findings[0]?.message}`,
      {
        errors: findings.map((one) => ({
          at: `${one.file}:${one.line}`,
          message: `${one.rule}: ${one.message}`,
          code: 'HUB-200',
        })),
      },
    ),
  );
};

/** The file of a name, under the name that it has in findings. */
export const heldAs = (texts: ReadonlyMap<string, string>, name: string): readonly [string, string] | undefined =>
  [...texts].find(([held]) => held === name || held.endsWith(`/${name}`));
