// The reference page of the command line, made from the program itself. Called by reference.ts.
import type { Command, Option } from 'commander';
import { buildProgram } from '#app/cli/program.ts';

/** The page as markdown: one section per command that does something. */
export const commandLinePage = (): string => {
  const program = buildProgram({ language: 'en', finish: () => {} });
  return [
    '# The command line',
    'In the repository: `npx bindeledd …`, or `npm run -s bindeledd -- …`. Results go to standard output, progress and messages to standard error. `--help` works after every command. [Exit codes](exit-codes.md), [settings](settings.md).',
    '## For every command',
    options(program),
    ...program.commands.flatMap((command) => section(command, 'bindeledd')),
  ].join('\n\n');
};

const section = (command: Command, before: string): readonly string[] => {
  const words = command.registeredArguments
    .map((one) => ` ${one.required ? `<${one.name()}>` : `[${one.name()}]`}`)
    .join('');
  const name = `${before} ${command.name()}`;
  const mark = before.includes(' ') ? '###' : '##';
  const parts = [`${mark} \`${name}${words}\``, `${command.description()}.`, options(command)];
  return [...parts.filter((part) => part !== ''), ...command.commands.flatMap((one) => section(one, name))];
};

/** Flags that stand for a setting are named only: the page of settings says the rest. */
const options = (command: Command): string => {
  const shown = command.options.filter((option) => !option.hidden);
  const settings = shown.filter((option) => option.description.includes('[BINDELEDD_'));
  const own = shown.filter((option) => !settings.includes(option)).map(line);
  if (settings.length > 0)
    own.push(`- settings: ${settings.map((option) => `\`${option.long ?? option.flags}\``).join(' ')}`);
  return own.join('\n');
};

const line = (option: Option): string => {
  const { defaultValue: value } = option;
  const standard = typeof value === 'string' || typeof value === 'number' ? ` (${value} unless given)` : '';
  const text = option.description === '' ? '' : `: ${option.description}`;
  return `- \`${option.flags}\`${option.mandatory ? ', needed' : ''}${text}${standard}`;
};
