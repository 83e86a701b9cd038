// Wires `bindeledd access for` to flags. Called by program.ts.
import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { AccessQuestion } from '#apis/access-answer.ts';
import { HubError } from '#base/errors.ts';
import { readGraphqlRoots } from '#model/graphql-roots.ts';
import { readGraphqlFiles } from '#model/load.ts';
import { addCommand, flagText, resolveFlags, speaker, takesSettings, type Flags, type Frame } from './command-frame.ts';
import { exitCodes } from './exit-codes.ts';
import { CommandFailure } from './terminal.ts';
import { print } from './through-door.ts';

const usage = (said: string): CommandFailure =>
  new CommandFailure(exitCodes.usage, said, { hint: 'bindeledd access for --help shows examples.' });

/** A document stands in a file or comes on stdin; on the command line everyone on the machine would see whom it asks for. */
const documentOf = async (file: string): Promise<string> => {
  if (file === '-') return readAll(process.stdin);
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw usage(`${file} cannot be read.`);
  }
};

const variablesOf = (given: string | undefined): Readonly<Record<string, unknown>> => {
  if (given === undefined) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(given, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>;
  } catch {
    // Said below: what cannot be read and what is no object come to the same.
  }
  throw usage(`${given} holds no JSON object of variables.`);
};

const questionOf = async (flags: Flags, words: readonly string[]): Promise<AccessQuestion> => {
  const document = flagText(flags, 'document');
  const operation = words.join(' ').trim();
  if ((document === undefined) === (operation === '')) throw usage('Name an operation, or a document with --document.');
  if (document === undefined) return { kind: 'operation', operation };
  return {
    kind: 'document',
    document: await documentOf(document),
    api: flagText(flags, 'api') ?? null,
    operationName: flagText(flags, 'operationName') ?? null,
    variables: variablesOf(flagText(flags, 'variables')),
  };
};

/** Adds `for` to `access`. */
export const addAccessForCommand = (access: Command, frame: Frame): void => {
  const say = speaker(frame);
  const command = addCommand(
    access,
    frame,
    'for [operation...]',
    {
      nb: 'Vis nøyaktig hva det må bes om for å kjøre en operasjon eller et GraphQL-dokument',
      en: 'Show exactly what has to be asked for to run an operation or a GraphQL document',
    },
    [
      "bindeledd access for 'GET /utdanning/elev/elev/{felt}/{verdi}'",
      'bindeledd access for listPupils',
      'bindeledd access for --document query.graphql --json',
    ],
    async (terminal, flags, given) => {
      const { settings } = resolveFlags(flags, ['model']);
      const [
        { loadFolders, loadBundles },
        { createAccessFor },
        { bundledPackages },
        { showAccessFor },
        { bundledModel },
      ] = await Promise.all([
        import('./models.ts'),
        import('../access-for.ts'),
        import('../bundled-packages.ts'),
        import('./access-for.ts'),
        import('../bundled-model.ts'),
      ]);
      const model = loadFolders(settings.model);
      if (!model.ok) throw new HubError(model.problem);
      const bundles = loadBundles(settings.model, model.value);
      if (!bundles.ok) throw new HubError(bundles.problem);
      const roots = readGraphqlRoots(readGraphqlFiles(settings.model ?? bundledModel), model.value);
      if (!roots.ok) throw new HubError(roots.problem);
      const packages = bundledPackages(model.value, bundles.value);
      const accessFor = createAccessFor({
        model: model.value,
        bundles: bundles.value,
        packages,
        roots: roots.value,
      });
      return print(terminal, await showAccessFor(accessFor, await questionOf(flags, given), terminal.language));
    },
  );
  takesSettings(command, frame, ['model'])
    .option('--document <file>', say('et GraphQL-dokument; - for stdin', 'a GraphQL document; - for stdin'))
    .option('--api <id>', say('fs-graphql eller fint-graphql', 'fs-graphql or fint-graphql'))
    .option('--operation-name <name>', say('hvilken operasjon i dokumentet', 'which operation of the document'))
    .option('--variables <file>', say('JSON-fil med variabler', 'JSON file with variables'));
};
